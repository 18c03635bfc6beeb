import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { HeadedForm, useSending } from '../tab/form.js';
import { changeOf, type Draft, EMPTY, ruleOf } from './draft.js';
import type { RulesModel } from './model.js';
import type { RulesState } from './records.js';
import {
  ACTIONS,
  actionWords,
  DIRECTIONS,
  directionWords,
  goesBothWays,
  KINDS,
  kindWords,
  looks,
  wordsLabel
} from './words.js';

interface Props {
  readonly model: RulesModel;
  readonly state: RulesState;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly field: React.RefObject<HTMLTextAreaElement>;
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
}

/** Where a rule is added or changed. */
export function RuleForm(props: Props): React.JSX.Element {
  const { model, state, draft, setDraft, field, say, trans } = props;
  const sending = useSending();
  const label = wordsLabel(draft.kind, trans);
  const isNew = draft.of === null;
  const submit = (): void => {
    sending.send(null, async () => {
      const made = draft.of === null ? await model.add(ruleOf(draft)) : await model.change(draft.of, changeOf(draft));
      setDraft(EMPTY);
      say(isNew ? trans.__('The rule is added: %1.', made.name) : trans.__('The rule is changed: %1.', made.name));
    });
  };
  return (
    <HeadedForm
      id="wb-rules-form"
      heading={isNew ? trans.__('Add a rule') : trans.__('Change a rule')}
      sending={sending}
      submit={submit}
      label={isNew ? trans.__('Add the rule') : trans.__('Change the rule')}
      now={draft.of === null ? '' : draft.of.name}
    >
      {isNew && (
        <Choice
          label={trans.__('Kind')}
          value={draft.kind}
          options={KINDS.map(each => [each, kindWords(each, trans)])}
          set={kind => {
            setDraft({ ...draft, kind, said: '' });
          }}
        />
      )}
      <Detectors
        names={state.detectors[draft.kind] ?? []}
        chosen={draft.said.split('\n').filter(each => each !== '')}
        set={chosen => {
          setDraft({ ...draft, said: chosen.join('\n') });
        }}
        trans={trans}
      />
      {label !== null && (
        <label className="wb-Field">
          <span className="wb-Field-label">{label}</span>
          <textarea
            ref={field}
            className="wb-Field-input"
            rows={draft.kind === 'length' || draft.kind === 'language' || draft.kind === 'pattern' ? 1 : 3}
            spellCheck={false}
            value={draft.said}
            onChange={event => {
              setDraft({ ...draft, said: event.target.value });
            }}
          />
        </label>
      )}
      <label className="wb-Field">
        <span className="wb-Field-label">
          {trans.__('Name')} <small>{trans.__('optional')}</small>
        </span>
        <input
          className="wb-Field-input"
          value={draft.name}
          onChange={event => {
            setDraft({ ...draft, name: event.target.value });
          }}
        />
      </label>
      {isNew && (
        <Choice
          label={trans.__('Where')}
          value={draft.where}
          options={[
            ['', trans.__('Everywhere')],
            ...state.experiences
              .filter(each => each.state === 'active')
              .map(({ id, name }): [string, string] => [id, trans.__('In %1', name)])
          ]}
          set={where => {
            setDraft({ ...draft, where });
          }}
        />
      )}
      {goesBothWays(draft.kind) && (
        <Choice
          label={trans.__('Looks at')}
          value={draft.direction}
          options={DIRECTIONS.map(each => [each, directionWords(each, trans)])}
          set={direction => {
            setDraft({ ...draft, direction });
          }}
        />
      )}
      {looks(draft.kind) && (
        <Choice
          label={trans.__('Where it finds something')}
          value={draft.action}
          options={ACTIONS.map(each => [each, actionWords(each, trans)])}
          set={action => {
            setDraft({ ...draft, action });
          }}
        />
      )}
      {!isNew && (
        <button
          type="button"
          className="wb-Models-button"
          onClick={() => {
            setDraft(EMPTY);
          }}
        >
          {trans.__('Leave it as it is')}
        </button>
      )}
    </HeadedForm>
  );
}

/** What a rule about secrets or personal data looks for: all of it, unless some is chosen. */
function Detectors(props: {
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly set: (chosen: readonly string[]) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element | null {
  const { names, chosen, set, trans } = props;
  if (names.length === 0) {
    return null;
  }
  return (
    <fieldset className="wb-Rules-detectors">
      <legend className="wb-Field-label">
        {trans.__('What it looks for')} <small>{trans.__('none chosen: all of them')}</small>
      </legend>
      {names.map(name => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={event => {
              set(event.target.checked ? [...chosen, name] : chosen.filter(each => each !== name));
            }}
          />
          {name.replaceAll('_', ' ').replaceAll('-', ' ')}
        </label>
      ))}
    </fieldset>
  );
}

/** A choice of several, under its label. */
export function Choice<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly set: (value: T) => void;
}): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">{props.label}</span>
      <select
        className="wb-Field-input"
        value={props.value}
        onChange={event => {
          const chosen = props.options.find(([value]) => value === event.target.value);
          if (chosen !== undefined) {
            props.set(chosen[0]);
          }
        }}
      >
        {props.options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
