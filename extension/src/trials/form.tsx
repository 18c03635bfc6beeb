import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { newId } from '../chat/ids.js';
import type { Rule } from '../rules/records.js';
import { ChoiceField, LineField, TextField } from '../tab/fields.js';
import { useSending } from '../tab/form.js';
import { begun, changed, type Configuration, CONVERSATION, type Draft, holdsAnyway, more, MOST_CONFIGURATIONS, OWN, without } from './draft.js';
import type { TrialsModel } from './model.js';
import type { TrialEstimate, TrialsState } from './records.js';

interface Props {
  readonly trials: TrialsModel;
  readonly state: TrialsState;
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
}

/** A new trial: what is asked, of whom, and what decides. What it costs is said before anything is sent. */
export function NewTrialForm({ trials, state, say, trans }: Props): React.JSX.Element {
  const [draft, setDraft] = React.useState<Draft>(() => begun(state.sets[0]?.name ?? OWN));
  const [estimate, setEstimate] = React.useState<TrialEstimate | null>(null);
  const id = React.useRef(newId());
  const sending = useSending();
  const runButton = React.useRef<HTMLButtonElement>(null);
  const heading = React.useId();
  const change = (next: Partial<Draft>): void => {
    setEstimate(null);
    setDraft(before => ({ ...before, ...next }));
  };
  const plan = async (): Promise<void> => {
    const found = await trials.estimate(draft);
    setEstimate(found);
    say(found.lines.join(' '));
    requestAnimationFrame(() => runButton.current?.focus());
  };
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{trans.__('New trial')}</h2>
      <form
        className="wb-Trials-form"
        aria-labelledby={heading}
        onSubmit={event => {
          event.preventDefault();
          sending.send(null, estimate === null ? plan : () => trials.run(draft, id.current));
        }}
      >
        <ChoiceField
          label={trans.__('Experience')}
          hint={trans.__('whose budgets and rules hold')}
          value={draft.experience}
          choices={Object.fromEntries(state.experiences.map(each => [each.id, each.name]))}
          none={trans.__('None: those of your home')}
          set={experience => {
            change({ experience: experience ?? '' });
          }}
        />
        <Cases state={state} draft={draft} change={change} trans={trans} />
        {draft.configurations.map((each, at) => (
          <ConfigurationFields
            key={at}
            state={state}
            experience={draft.experience}
            configuration={each}
            change={next => {
              setEstimate(null);
              setDraft(before => changed(before, at, next));
            }}
            remove={
              draft.configurations.length > 1
                ? () => {
                    setEstimate(null);
                    setDraft(before => without(before, at));
                  }
                : null
            }
            trans={trans}
          />
        ))}
        {draft.configurations.length < MOST_CONFIGURATIONS && (
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              setEstimate(null);
              setDraft(more);
            }}
          >
            {trans.__('Add a configuration')}
          </button>
        )}
        <Decides state={state} draft={draft} change={change} trans={trans} />
        {sending.fault !== null && (
          <p className="wb-Models-fault" role="alert">
            {sending.fault.message} {sending.fault.remedy}
          </p>
        )}
        {estimate !== null && (
          <ul className="wb-Trials-lines" aria-label={trans.__('Before it runs')}>
            {estimate.lines.map(each => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        )}
        <button ref={runButton} type="submit" className="wb-Models-button wb-mod-main" aria-disabled={sending.isBusy}>
          {estimate === null ? trans.__('Plan it') : trans.__('Run it')}
        </button>
      </form>
    </section>
  );
}

interface Part {
  readonly state: TrialsState;
  readonly draft: Draft;
  readonly change: (next: Partial<Draft>) => void;
  readonly trans: TranslationBundle;
}

function Cases({ state, draft, change, trans }: Part): React.JSX.Element {
  const set = state.sets.find(each => each.name === draft.from);
  return (
    <fieldset>
      <legend>{trans.__('What is asked')}</legend>
      <ChoiceField
        label={trans.__('Cases')}
        value={draft.from}
        choices={{
          ...Object.fromEntries(state.sets.map(each => [each.name, each.title])),
          [CONVERSATION]: trans.__('The questions of a conversation')
        }}
        none={trans.__('My own questions')}
        set={from => {
          change({ from: from ?? OWN });
        }}
      />
      {set !== undefined && (
        <p className="wb-Models-hint">
          {set.description} {trans.__('%1 cases.', String(set.cases.length))}
        </p>
      )}
      {draft.from === CONVERSATION && (
        <ChoiceField
          label={trans.__('Conversation')}
          value={draft.conversation}
          choices={Object.fromEntries(state.conversations.map(each => [each.id, each.title]))}
          none={trans.__('Choose one')}
          set={conversation => {
            change({ conversation: conversation ?? '' });
          }}
        />
      )}
      {draft.from === OWN && (
        <TextField
          label={trans.__('Questions')}
          hint={trans.__('one on a line')}
          rows={5}
          value={draft.questions}
          set={questions => {
            change({ questions });
          }}
        />
      )}
    </fieldset>
  );
}

function ConfigurationFields(props: {
  readonly state: TrialsState;
  /** The id of the Experience in which it is tried. */
  readonly experience: string;
  readonly configuration: Configuration;
  readonly change: (next: Partial<Configuration>) => void;
  readonly remove: (() => void) | null;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { state, experience, configuration, change, remove, trans } = props;
  const id = React.useId();
  const prompt = state.prompts.find(each => each.id === configuration.prompt);
  return (
    <fieldset className="wb-Trials-configuration">
      <legend>{trans.__('Configuration %1', configuration.name)}</legend>
      <div className="wb-Trials-fields">
        <LineField
          id={id}
          label={trans.__('Name')}
          value={configuration.name}
          set={name => {
            change({ name });
          }}
        />
        <ChoiceField
          label={trans.__('Model')}
          value={configuration.model}
          choices={Object.fromEntries(state.models.map(each => [each.id, each.id]))}
          none={trans.__('The default model')}
          set={model => {
            change({ model: model ?? '' });
          }}
        />
        <ChoiceField
          label={trans.__('Personality')}
          value={configuration.personality}
          choices={Object.fromEntries(state.personalities.map(each => [each.id, each.name]))}
          none={trans.__('None')}
          set={personality => {
            change({ personality: personality ?? '' });
          }}
        />
        <ChoiceField
          label={trans.__('Prompt')}
          value={configuration.prompt}
          choices={Object.fromEntries(state.prompts.map(each => [each.id, each.name]))}
          none={trans.__('None')}
          set={prompt => {
            change({ prompt: prompt ?? '', values: {} });
          }}
        />
        {prompt?.variables.map(each => (
          <LineField
            key={each.name}
            id={`${id}-${each.name}`}
            label={each.name}
            value={configuration.values[each.name] ?? ''}
            set={value => {
              change({ values: { ...configuration.values, [each.name]: value } });
            }}
          />
        ))}
      </div>
      <TextField
        label={trans.__('Instruction')}
        rows={2}
        value={configuration.instruction}
        set={instruction => {
          change({ instruction });
        }}
      />
      <RuleBoxes
        rules={state.rules}
        experience={experience}
        chosen={configuration.rules}
        set={rules => {
          change({ rules });
        }}
        trans={trans}
      />
      {remove !== null && (
        <button
          type="button"
          className="wb-Models-button"
          aria-label={trans.__('Remove configuration %1', configuration.name)}
          onClick={remove}
        >
          {trans.__('Remove')}
        </button>
      )}
    </fieldset>
  );
}

/** Rules to choose from, with what is to be known of each: no configuration can switch one off. */
function RuleBoxes(props: {
  readonly rules: readonly Rule[];
  readonly experience: string;
  readonly chosen: readonly string[];
  readonly set: (chosen: readonly string[]) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element | null {
  const { rules, experience, chosen, set, trans } = props;
  if (rules.length === 0) {
    return null;
  }
  return (
    <fieldset className="wb-Trials-ruled">
      <legend className="wb-Field-label">
        {trans.__('Rules')} <small>{trans.__('beside those that hold anyway')}</small>
      </legend>
      {rules.map(each => (
        <label key={each.id}>
          <input
            type="checkbox"
            checked={chosen.includes(each.id)}
            onChange={event => {
              set(event.target.checked ? [...chosen, each.id] : chosen.filter(id => id !== each.id));
            }}
          />
          <span>
            {each.name} {holdsAnyway(each, experience) && <small>{trans.__('holds anyway')}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Decides({ state, draft, change, trans }: Part): React.JSX.Element {
  const ends: Readonly<Record<string, string>> =
    draft.configurations.length === 2 ? { sequential: trans.__('Early, where one is far ahead') } : {};
  return (
    <fieldset>
      <legend>{trans.__('What decides')}</legend>
      <div className="wb-Trials-fields">
        <ChoiceField
          label={trans.__('Outcome')}
          value={draft.outcome === 'rating' ? null : draft.outcome}
          choices={{ passes: trans.__('The assertions of the cases'), score: trans.__('The score of a judge') }}
          none={trans.__('My blind rating')}
          set={outcome => {
            change({ outcome: outcome ?? 'rating' });
          }}
        />
        <ChoiceField
          label={trans.__('Judge')}
          hint={trans.__('a model that scores from 1 to 5')}
          value={draft.judge}
          choices={Object.fromEntries(state.models.map(each => [each.id, each.id]))}
          none={trans.__('None')}
          set={judge => {
            change({ judge: judge ?? '' });
          }}
        />
        <ChoiceField
          label={trans.__('Ends')}
          value={draft.stopping === 'fixed' ? null : draft.stopping}
          choices={ends}
          none={trans.__('At its planned size')}
          set={stopping => {
            change({ stopping: stopping === 'sequential' ? stopping : 'fixed' });
          }}
        />
      </div>
    </fieldset>
  );
}
