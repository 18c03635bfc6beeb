import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { newId } from '../chat/ids.js';
import { reportsIcon } from '../icons.js';
import { type Act, Page, useActs } from '../tab/page.js';
import { Tab } from '../tab/widget.js';
import { type AgentsModel, type AgentsState, ended, hasMore, live, MOST_RUNS, news, titleOf } from './model.js';
import type { Run, Schedule } from './records.js';
import { Schedules } from './schedules.js';
import { costWords, days, lasting, moment, progressWords, stateWord } from './words.js';

const TICK_MS = 1000;

/** What the tab asks of its host. */
export interface AgentsActions {
  readonly unlock: (passphrase: string) => Promise<void>;
  readonly open: (run: Run) => void;
  /** Asks where, and saves the report of a run as files. */
  readonly saveCopy: (run: Run) => void;
  /** Asks whether a schedule is to go. */
  readonly confirmRemoval: (schedule: Schedule) => Promise<boolean>;
}

interface Options {
  readonly model: AgentsModel;
  readonly actions: AgentsActions;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** Agents and reports of one Experience, in a tab. */
export class AgentsPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Agents');
    this.follow(options.model);
  }

  protected override render(): React.JSX.Element {
    const { model } = this.#options;
    return <Agents {...this.#options} state={model.state} />;
  }

  readonly #options: Options;
}

type Props = Options & { readonly state: AgentsState };

function Agents(props: Props): React.JSX.Element {
  const { model, state, actions, trans } = props;
  const [trouble, act] = useActs();
  const heading = React.useId();
  const { experience } = state;
  return (
    <Page
      className="wb-Agents-page"
      heading={experience === null ? trans.__('Reports') : trans.__('Reports of %1', experience.name)}
      progress={state}
      loading={trans.__('Reading the reports…')}
      trouble={trouble}
      refresh={() => model.refresh()}
      unlock={actions.unlock}
      trans={trans}
    >
      <News state={state} trans={trans} />
      {experience !== null && (
        <>
          {state.runs.length === 0 ? (
            <Empty {...props} act={act} />
          ) : (
            <section className="wb-Agents-section" aria-labelledby={heading}>
              <h2 id={heading} tabIndex={-1}>
                {trans.__('Now')}
              </h2>
              <RunNow {...props} act={act} />
              <Live {...props} act={act} />
            </section>
          )}
          <Schedules
            model={model}
            state={state}
            trans={trans}
            language={props.language}
            act={act}
            confirmRemoval={actions.confirmRemoval}
          />
          {state.runs.length > 0 && <Runs {...props} act={act} />}
        </>
      )}
    </Page>
  );
}

/** Says to who does not see it how runs begin and end. */
function News({ state, trans }: Pick<Props, 'state' | 'trans'>): React.JSX.Element {
  const before = React.useRef(state);
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    const [latest] = news(before.current, state);
    before.current = state;
    if (latest !== undefined) {
      setSaid(trans.__('%1: %2', titleOf(state, latest.agent), stateWord(latest, trans)));
    }
  }, [state, trans]);
  return (
    <p className="wb-Agents-unseen" role="status">
      {said}
    </p>
  );
}

function Empty({ model, state, act, trans }: Props & { readonly act: Act }): React.JSX.Element {
  const [agent] = state.agents;
  const run = useOnce(async id => {
    if (agent !== undefined) {
      await model.run(agent.name, '7d', id);
    }
  });
  return (
    <section className="wb-Agents-empty">
      <reportsIcon.react tag="span" className="wb-Experiences-picture" width="48px" height="48px" />
      <p>
        {trans.__(
          'A report says what was discussed here, which questions are open, and what it cost. A notebook makes it by itself, now or on a schedule; it needs no model, and with one it begins with a summary.'
        )}
      </p>
      {agent !== undefined && (
        <button
          type="button"
          className="wb-Agents-button wb-mod-main"
          onClick={() => {
            act(run);
          }}
        >
          {trans.__('Make the first report')}
        </button>
      )}
    </section>
  );
}

function RunNow({ model, state, act, trans }: Props & { readonly act: Act }): React.JSX.Element {
  const [chosen, setChosen] = React.useState('');
  const [since, setSince] = React.useState('7d');
  const agent = state.agents.find(each => each.name === chosen) ?? state.agents[0];
  const run = useOnce(async id => {
    if (agent !== undefined) {
      await model.run(agent.name, since, id);
    }
  });
  return (
    <form
      className="wb-Agents-form"
      aria-label={trans.__('Run an agent now')}
      onSubmit={event => {
        event.preventDefault();
        act(run);
      }}
    >
      <div className="wb-Agents-fields">
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Agent')}</span>
          <select
            className="wb-Field-input"
            value={agent?.name}
            onChange={event => {
              setChosen(event.target.value);
            }}
          >
            {state.agents.map(each => (
              <option key={each.name} value={each.name}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('About')}</span>
          <select
            className="wb-Field-input"
            value={since}
            onChange={event => {
              setSince(event.target.value);
            }}
          >
            <option value="1d">{trans.__('The last 24 hours')}</option>
            <option value="7d">{trans.__('The last 7 days')}</option>
            <option value="30d">{trans.__('The last 30 days')}</option>
            <option value="365d">{trans.__('The last 365 days')}</option>
          </select>
        </label>
        <button type="submit" className="wb-Agents-button wb-mod-main" disabled={agent === undefined}>
          {trans.__('Run now')}
        </button>
      </div>
      <p className="wb-Agents-quiet">{agent?.description}</p>
    </form>
  );
}

/** The runs that wait or are under way. */
function Live(props: Props & { readonly act: Act }): React.JSX.Element | null {
  const { state, trans } = props;
  const runs = live(state);
  const isLive = runs.length > 0;
  const now = useTime(isLive);
  if (!isLive) {
    return null;
  }
  return (
    <ul className="wb-Agents-list" aria-label={trans.__('Under way')}>
      {runs.map(run => (
        <LiveRun key={run.id} {...props} run={run} now={now} />
      ))}
    </ul>
  );
}

function LiveRun(props: Props & { readonly act: Act; readonly run: Run; readonly now: number }): React.JSX.Element {
  const { model, state, run, now, act, trans } = props;
  const [isStopping, setStopping] = React.useState(false);
  const button = React.useRef<HTMLButtonElement>(null);
  const title = titleOf(state, run.agent);
  // Who has stopped a run by keyboard goes on from the heading above it.
  React.useLayoutEffect(() => {
    const stop = button.current;
    const heading = stop?.closest('section')?.querySelector('h2');
    return () => {
      if (stop !== null && document.activeElement === stop) {
        heading?.focus();
      }
    };
  }, []);
  const stop = async (): Promise<void> => {
    setStopping(true);
    try {
      await model.cancel(run.id);
    } catch (error) {
      setStopping(false);
      throw error;
    }
  };
  return (
    <li className="wb-Agents-item">
      <p className="wb-Agents-title">
        <strong>{title}</strong>
        <State run={run} trans={trans} />
      </p>
      {run.started_at !== null && (
        <progress
          aria-label={trans.__('Progress of %1', title)}
          value={run.cells === 0 ? undefined : Math.max(0, run.cell - 1)}
          max={run.cells === 0 ? undefined : run.cells}
        />
      )}
      <p className="wb-Agents-quiet">{progressWords(run, now, trans)}</p>
      <div className="wb-Agents-buttons">
        <button
          ref={button}
          type="button"
          className="wb-Agents-button"
          aria-disabled={isStopping}
          onClick={() => {
            if (!isStopping) {
              act(stop);
            }
          }}
        >
          {isStopping ? trans.__('Stopping…') : trans.__('Stop')}
        </button>
      </div>
    </li>
  );
}

/** The runs that have ended. */
function Runs(props: Props & { readonly act: Act }): React.JSX.Element {
  const { model, state, trans } = props;
  const runs = ended(state);
  const heading = React.useId();
  return (
    <section className="wb-Agents-section" aria-labelledby={heading}>
      <h2 id={heading}>{trans.__('Runs so far')}</h2>
      {runs.length === 0 ? (
        <p className="wb-Agents-quiet">{trans.__('The first one is on its way.')}</p>
      ) : (
        <ul className="wb-Agents-list" aria-label={trans.__('Runs so far')}>
          {runs.map(run => (
            <EndedRun key={run.id} {...props} run={run} />
          ))}
        </ul>
      )}
      {hasMore(state) && (
        <button type="button" className="wb-Agents-button" onClick={() => void model.showMore()}>
          {trans.__('Show older ones')}
        </button>
      )}
      {state.runs.length >= MOST_RUNS && (
        <p className="wb-Agents-quiet">{trans.__('These are the last %1.', String(MOST_RUNS))}</p>
      )}
    </section>
  );
}

function EndedRun(props: Props & { readonly act: Act; readonly run: Run }): React.JSX.Element {
  const { model, state, actions, run, act, trans, language } = props;
  const { created_at, started_at, ended_at, schedule_id, fault } = run;
  const when = moment(created_at, language);
  const again = useOnce(id => model.again(run, id));
  const facts = [
    when,
    started_at !== null && ended_at !== null
      ? trans.__('took %1', lasting(Date.parse(ended_at) - Date.parse(started_at)))
      : '',
    costWords(run, trans),
    schedule_id === null ? '' : trans.__('by itself')
  ].filter(Boolean);
  return (
    <li className="wb-Agents-item">
      <p className="wb-Agents-title">
        <strong>{titleOf(state, run.agent)}</strong> {trans.__('about %1', days(run, language))}
        <State run={run} trans={trans} />
      </p>
      <p className="wb-Agents-quiet">{facts.join(' · ')}</p>
      {fault !== null && (
        <p className="wb-Agents-fault">
          {fault.message} {fault.remedy}
        </p>
      )}
      <div className="wb-Agents-buttons">
        {run.has_report && (
          <>
            <button
              type="button"
              className="wb-Agents-button"
              aria-label={trans.__('Open report: %1', when)}
              onClick={() => {
                actions.open(run);
              }}
            >
              {trans.__('Open report')}
            </button>
            <button
              type="button"
              className="wb-Agents-button"
              aria-label={trans.__('Save a copy…: %1', when)}
              onClick={() => {
                actions.saveCopy(run);
              }}
            >
              {trans.__('Save a copy…')}
            </button>
          </>
        )}
        <button
          type="button"
          className="wb-Agents-button"
          aria-label={trans.__('Run again: %1', when)}
          onClick={() => {
            act(again);
          }}
        >
          {trans.__('Run again')}
        </button>
      </div>
    </li>
  );
}

function State({ run, trans }: { readonly run: Run; readonly trans: TranslationBundle }): React.JSX.Element {
  return <span className={`wb-Badge wb-Agents-state wb-mod-${run.state}`}>{stateWord(run, trans)}</span>;
}

/** Asks for something under an id: asking again before it is there, or after it failed, asks for the same. */
function useOnce(work: (id: string) => Promise<void>): () => Promise<void> {
  const id = React.useRef(newId());
  return async () => {
    await work(id.current);
    id.current = newId();
  };
}

/** The time, each second while that is wanted. */
function useTime(isWanted: boolean): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    if (!isWanted) {
      return undefined;
    }
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
    }, TICK_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isWanted]);
  return now;
}
