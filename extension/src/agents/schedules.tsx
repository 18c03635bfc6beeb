import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { newId } from '../chat/ids.js';
import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { type AgentsModel, type AgentsState, titleOf } from './model.js';
import { cronOf, type Plan, planOf, USUAL_PLAN } from './plan.js';
import type { Preview, Schedule } from './records.js';
import { moment, planWords, weekdayName } from './words.js';

/** Who types a time asks for a preview at its end, not at each key. */
const TYPING_MS = 150;
const WEEK = [1, 2, 3, 4, 5, 6, 0];
const MONTH = Array.from({ length: 31 }, (_, index) => index + 1);
/** Later days are not in every month. */
const IN_EACH_MONTH = 28;

interface Props {
  readonly model: AgentsModel;
  readonly state: AgentsState;
  readonly trans: TranslationBundle;
  readonly language: string;
  /** Does something, and says what goes wrong. */
  readonly act: (work: () => Promise<void>) => void;
  /** Asks whether a schedule is to go. */
  readonly confirmRemoval: (schedule: Schedule) => Promise<boolean>;
}

/** When agents run by themselves. */
export function Schedules(props: Props): React.JSX.Element {
  const { state, trans } = props;
  const { schedules } = state;
  const [edited, setEdited] = React.useState<string | null>(null);
  const [isAdding, setAdding] = React.useState(false);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const id = React.useId();
  const close = (): void => {
    setEdited(null);
    setAdding(false);
    heading.current?.focus();
  };
  return (
    <section className="wb-Agents-section" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {trans.__('On a schedule')}
      </h2>
      <p className="wb-Agents-quiet">
        {trans.__('A report that is due while the Workbench is not running is made when it starts the next time, once.')}
      </p>
      {schedules.length > 0 && (
        <ul className="wb-Agents-list" aria-label={trans.__('Schedules')}>
          {schedules.map(each => (
            <li key={each.id} className="wb-Agents-item">
              {edited === each.id ? (
                <Form {...props} schedule={each} close={close} isOptional />
              ) : (
                <Item
                  {...props}
                  schedule={each}
                  change={() => {
                    setEdited(each.id);
                  }}
                  removed={() => {
                    heading.current?.focus();
                  }}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {isAdding || schedules.length === 0 ? (
        <Form {...props} schedule={null} close={close} isOptional={isAdding} />
      ) : (
        <button
          type="button"
          className="wb-Agents-button"
          onClick={() => {
            setAdding(true);
          }}
        >
          {trans.__('Add a schedule')}
        </button>
      )}
    </section>
  );
}

function Item(
  props: Props & { readonly schedule: Schedule; readonly change: () => void; readonly removed: () => void }
): React.JSX.Element {
  const { model, state, schedule, change, removed, act, confirmRemoval, trans, language } = props;
  const { id, cron, time_zone, due_at, last_due_at } = schedule;
  const isPaused = schedule.state === 'paused';
  const title = titleOf(state, schedule.agent);
  const when = planWords(cron, language, trans);
  const said = (verb: string): string => `${verb}: ${title} ${when}`;
  const remove = async (): Promise<void> => {
    if (await confirmRemoval(schedule)) {
      await model.unschedule(id);
      removed();
    }
  };
  return (
    <>
      <p className="wb-Agents-title">
        <strong>{title}</strong> {when}
        {isPaused && <span className="wb-Badge">{trans.__('Paused')}</span>}
      </p>
      <p className="wb-Agents-quiet">
        {isPaused
          ? trans.__('It rests, and leaves out what would be due.')
          : trans.__('Next: %1', moment(due_at, language, time_zone))}
        {' · '}
        {last_due_at === null
          ? trans.__('It has not run by itself yet.')
          : trans.__('Last: %1', moment(last_due_at, language, time_zone))}
      </p>
      <div className="wb-Agents-buttons">
        <button
          type="button"
          className="wb-Agents-button"
          aria-label={said(isPaused ? trans.__('Resume') : trans.__('Pause'))}
          onClick={() => {
            act(() => (isPaused ? model.resume(id) : model.pause(id)));
          }}
        >
          {isPaused ? trans.__('Resume') : trans.__('Pause')}
        </button>
        <button type="button" className="wb-Agents-button" aria-label={said(trans.__('Change'))} onClick={change}>
          {trans.__('Change')}
        </button>
        <button
          type="button"
          className="wb-Agents-button"
          aria-label={said(trans.__('Remove'))}
          onClick={() => {
            act(remove);
          }}
        >
          {trans.__('Remove')}
        </button>
      </div>
    </>
  );
}

/** Makes a schedule, or changes one, and says when it would run first. */
function Form(
  props: Props & {
    readonly schedule: Schedule | null;
    readonly close: () => void;
    /** Whether it was asked for, and can be left. */
    readonly isOptional: boolean;
  }
): React.JSX.Element {
  const { model, state, schedule, close, isOptional, trans, language } = props;
  const id = React.useId();
  const [newSchedule] = React.useState(newId); // of this form: pressing its button twice makes one schedule
  const [agent, setAgent] = React.useState(schedule?.agent ?? state.agents[0]?.name ?? '');
  const [plan, setPlan] = React.useState<Plan>((schedule === null ? null : planOf(schedule.cron)) ?? USUAL_PLAN);
  const [isSaving, setSaving] = React.useState(false);
  const [failure, setFailure] = React.useState<Fault | null>(null);
  const first = React.useRef<HTMLSelectElement>(null);
  const cron = cronOf(plan);
  const preview = usePreview(model, cron);
  React.useEffect(() => {
    if (isOptional) {
      first.current?.focus();
    }
  }, []);
  const change = (changed: Partial<Plan>): void => {
    setFailure(null);
    setPlan({ ...plan, ...changed });
  };
  const save = async (): Promise<void> => {
    if (cron === null || isSaving) {
      return;
    }
    setSaving(true);
    setFailure(null);
    try {
      await (schedule === null ? model.schedule(agent, cron, newSchedule) : model.reschedule(schedule.id, cron));
      close();
    } catch (error) {
      setFailure(faultOf(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <form
      className="wb-Agents-form"
      aria-label={schedule === null ? trans.__('New schedule') : trans.__('Change the schedule')}
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape' && isOptional) {
          close();
        }
      }}
    >
      <div className="wb-Agents-fields">
        {schedule === null && (
          <label className="wb-Field">
            <span className="wb-Field-label">{trans.__('Agent')}</span>
            <select
              className="wb-Field-input"
              value={agent}
              onChange={event => {
                setAgent(event.target.value);
              }}
            >
              {state.agents.map(each => (
                <option key={each.name} value={each.name}>
                  {each.title}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('How often')}</span>
          <select
            ref={first}
            className="wb-Field-input"
            value={plan.often}
            onChange={event => {
              change({ often: event.target.value as Plan['often'] });
            }}
          >
            <option value="daily">{trans.__('Every day')}</option>
            <option value="weekly">{trans.__('Every week')}</option>
            <option value="monthly">{trans.__('Every month')}</option>
          </select>
        </label>
        {plan.often === 'weekly' && (
          <label className="wb-Field">
            <span className="wb-Field-label">{trans.__('On')}</span>
            <select
              className="wb-Field-input"
              value={plan.weekday}
              onChange={event => {
                change({ weekday: Number(event.target.value) });
              }}
            >
              {WEEK.map(each => (
                <option key={each} value={each}>
                  {weekdayName(each, language)}
                </option>
              ))}
            </select>
          </label>
        )}
        {plan.often === 'monthly' && (
          <label className="wb-Field">
            <span className="wb-Field-label">{trans.__('On day')}</span>
            <select
              className="wb-Field-input"
              value={plan.day}
              onChange={event => {
                change({ day: Number(event.target.value) });
              }}
            >
              {MONTH.map(each => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('At')}</span>
          <input
            className="wb-Field-input"
            type="time"
            required
            value={plan.time}
            aria-describedby={`${id}-preview`}
            onChange={event => {
              change({ time: event.target.value });
            }}
          />
        </label>
      </div>
      <p id={`${id}-preview`} className="wb-Agents-preview" role="status">
        {cron === null ? trans.__('Say at what time.') : previewWords(preview, language, trans)}
        {plan.often === 'monthly' && plan.day > IN_EACH_MONTH && (
          <> {trans.__('Months that have no day %1 are left out.', String(plan.day))}</>
        )}
      </p>
      <p className="wb-Field-problem" role="alert">
        {failure !== null && `${failure.message} ${failure.remedy}`}
      </p>
      <div className="wb-Agents-buttons">
        <button type="submit" className="wb-Agents-button wb-mod-main" disabled={isSaving || cron === null}>
          {isSaving ? trans.__('Saving…') : schedule === null ? trans.__('Schedule it') : trans.__('Save the change')}
        </button>
        {isOptional && (
          <button type="button" className="wb-Agents-button" onClick={close}>
            {trans.__('Cancel')}
          </button>
        )}
      </div>
    </form>
  );
}

function previewWords(preview: Preview | Fault | null, language: string, trans: TranslationBundle): string {
  if (preview === null) {
    return trans.__('Looking when that is…');
  }
  if ('message' in preview) {
    return `${preview.message} ${preview.remedy}`.trim();
  }
  return trans.__('First report: %1', moment(preview.due_at, language, preview.time_zone));
}

/** When a schedule would run first, or why that cannot be said; null: it is being asked. */
function usePreview(model: AgentsModel, cron: string | null): Preview | Fault | null {
  const [known, setKnown] = React.useState<Preview | Fault | null>(null);
  React.useEffect(() => {
    let isWanted = cron !== null;
    const timer = setTimeout(() => {
      if (cron !== null) {
        void model
          .preview(cron)
          .catch(faultOf)
          .then(found => {
            if (isWanted) {
              setKnown(found);
            }
          });
      }
    }, TYPING_MS);
    setKnown(null);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [model, cron]);
  return known;
}
