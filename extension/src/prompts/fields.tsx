import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { type Draft, NEW_VARIABLE, type VariableDraft } from './draft.js';

interface Props {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly titleField: React.RefObject<HTMLInputElement>;
  readonly textField: React.RefObject<HTMLTextAreaElement>;
  /** What is to be said of the text, below it. */
  readonly children: React.ReactNode;
  readonly trans: TranslationBundle;
}

/** Where a prompt is written. */
export function Fields({ draft, set, titleField, textField, children, trans }: Props): React.JSX.Element {
  return (
    <>
      <Line
        label={trans.__('Title')}
        value={draft.title}
        field={titleField}
        set={title => {
          set({ title });
        }}
      />
      <div className="wb-Prompts-row">
        <Line
          label={trans.__('Name')}
          hint={trans.__('called as /name')}
          value={draft.name}
          set={name => {
            set({ name });
          }}
        />
        <Line
          label={trans.__('Folder')}
          value={draft.folder}
          set={folder => {
            set({ folder });
          }}
        />
        <Line
          label={trans.__('Tags')}
          hint={trans.__('with commas')}
          value={draft.tags}
          set={tags => {
            set({ tags });
          }}
        />
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Written for')}</span>
          <select
            className="wb-Field-input"
            value={draft.use}
            onChange={event => {
              set({ use: event.target.value as Draft['use'] });
            }}
          >
            <option value="either">{trans.__('both')}</option>
            <option value="message">{trans.__('a question')}</option>
            <option value="system">{trans.__('a system prompt')}</option>
          </select>
        </label>
      </div>
      <Line
        label={trans.__('What it is good for')}
        value={draft.description}
        set={description => {
          set({ description });
        }}
      />
      <label className="wb-Field">
        <span className="wb-Field-label">
          {trans.__('Text')} <small>{trans.__('{{ variable }} for what is left open')}</small>
        </span>
        <textarea
          ref={textField}
          className="wb-Field-input wb-Prompts-text"
          rows={14}
          spellCheck
          value={draft.text}
          onChange={event => {
            set({ text: event.target.value });
          }}
        />
      </label>
      {children}
      <Variables draft={draft} set={set} trans={trans} />
    </>
  );
}

function Variables({ draft, set, trans }: Pick<Props, 'draft' | 'set' | 'trans'>): React.JSX.Element {
  const add = React.useRef<HTMLButtonElement>(null);
  const change = (at: number, changed: VariableDraft): void => {
    set({ variables: draft.variables.map((each, place) => (place === at ? changed : each)) });
  };
  return (
    <fieldset className="wb-Prompts-variables">
      <legend>{trans.__('Variables')}</legend>
      <ol>
        {draft.variables.map((each, at) => (
          <li key={at}>
            <VariableFields
              variable={each}
              set={changed => {
                change(at, changed);
              }}
              trans={trans}
            />
            <button
              type="button"
              className="wb-Models-button"
              aria-label={trans.__('Remove the variable %1', each.name)}
              onClick={() => {
                set({ variables: draft.variables.filter((_, place) => place !== at) });
                add.current?.focus();
              }}
            >
              {trans.__('Remove')}
            </button>
          </li>
        ))}
      </ol>
      <button
        ref={add}
        type="button"
        className="wb-Models-button"
        onClick={() => {
          set({ variables: [...draft.variables, NEW_VARIABLE] });
        }}
      >
        {trans.__('Add a variable')}
      </button>
    </fieldset>
  );
}

function VariableFields(props: {
  readonly variable: VariableDraft;
  readonly set: (variable: VariableDraft) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { variable, set, trans } = props;
  const line = (label: string, field: 'name' | 'label' | 'default' | 'min' | 'max' | 'longest'): React.JSX.Element => (
    <Line
      label={label}
      value={variable[field]}
      set={value => {
        set({ ...variable, [field]: value });
      }}
    />
  );
  return (
    <div className="wb-Prompts-row">
      {line(trans.__('Name of the variable'), 'name')}
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('Kind')}</span>
        <select
          className="wb-Field-input"
          value={variable.kind}
          onChange={event => {
            set({ ...variable, kind: event.target.value as VariableDraft['kind'] });
          }}
        >
          <option value="text">{trans.__('text')}</option>
          <option value="number">{trans.__('number')}</option>
          <option value="choice">{trans.__('choice')}</option>
          <option value="yes/no">{trans.__('yes or no')}</option>
          <option value="date">{trans.__('date')}</option>
        </select>
      </label>
      {line(trans.__('Label'), 'label')}
      {line(trans.__('Default'), 'default')}
      {variable.kind === 'number' && line(trans.__('Least'), 'min')}
      {variable.kind === 'number' && line(trans.__('Most'), 'max')}
      {variable.kind === 'text' && line(trans.__('Longest, in characters'), 'longest')}
      {variable.kind === 'choice' && (
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Choices, one on each line')}</span>
          <textarea
            className="wb-Field-input"
            rows={3}
            value={variable.choices}
            onChange={event => {
              set({ ...variable, choices: event.target.value });
            }}
          />
        </label>
      )}
      <label className="wb-Prompts-check">
        <input
          type="checkbox"
          checked={variable.required}
          onChange={event => {
            set({ ...variable, required: event.target.checked });
          }}
        />
        {trans.__('Has to be given')}
      </label>
    </div>
  );
}

/** A line of text. */
export function Line(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly field?: React.RefObject<HTMLInputElement>;
  readonly type?: string;
  readonly set: (value: string) => void;
}): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">
        {props.label} {props.hint !== undefined && <small>{props.hint}</small>}
      </span>
      <input
        ref={props.field}
        type={props.type ?? 'text'}
        className="wb-Field-input"
        autoComplete="off"
        value={props.value}
        onChange={event => {
          props.set(event.target.value);
        }}
      />
    </label>
  );
}
