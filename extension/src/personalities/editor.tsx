import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ChoiceField, LineField, TextField } from '../tab/fields.js';
import type { Draft } from './draft.js';
import type { Exchange } from './records.js';

interface Props {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  /** What is wrong with the name; empty: nothing. */
  readonly problem: string;
  readonly nameField: React.RefObject<HTMLInputElement>;
  readonly trans: TranslationBundle;
}

/** The fields of a personality. */
export function Fields({ draft, set, problem, nameField, trans }: Props): React.JSX.Element {
  const oneToALine = trans.__('one to a line');
  const optional = trans.__('optional');
  return (
    <div className="wb-Personalities-fields">
      <LineField
        id="wb-personality-name"
        label={trans.__('Name')}
        value={draft.name}
        problem={problem}
        field={nameField}
        placeholder={trans.__('Patient tutor')}
        set={name => {
          set({ name });
        }}
      />
      <LineField
        id="wb-personality-description"
        label={trans.__('What it is good for')}
        hint={optional}
        value={draft.description}
        set={description => {
          set({ description });
        }}
      />
      <TextField
        label={trans.__('Who answers')}
        rows={2}
        value={draft.role}
        placeholder={trans.__('an experienced statistician who teaches beginners')}
        set={role => {
          set({ role });
        }}
      />
      <TextField
        label={trans.__('Traits')}
        hint={oneToALine}
        rows={3}
        value={draft.traits}
        placeholder={trans.__('patient')}
        set={traits => {
          set({ traits });
        }}
      />
      <LineField
        id="wb-personality-tone"
        label={trans.__('Tone')}
        value={draft.tone}
        placeholder={trans.__('warm, without flattery')}
        set={tone => {
          set({ tone });
        }}
      />
      <TextField
        label={trans.__('Style')}
        rows={2}
        value={draft.style}
        placeholder={trans.__('short paragraphs, one idea in each')}
        set={style => {
          set({ style });
        }}
      />
      <LineField
        id="wb-personality-audience"
        label={trans.__('Who it writes for')}
        value={draft.audience}
        placeholder={trans.__('a student in the first year')}
        set={audience => {
          set({ audience });
        }}
      />
      <LineField
        id="wb-personality-language"
        label={trans.__('Language')}
        hint={trans.__('empty: that of the question')}
        value={draft.language}
        placeholder={trans.__('French')}
        set={language => {
          set({ language });
        }}
      />
      <div className="wb-Personalities-choices">
        <ChoiceField
          label={trans.__('Formality')}
          value={draft.formality}
          none={trans.__('Not said')}
          choices={{ formal: trans.__('Formal'), casual: trans.__('Casual'), technical: trans.__('Technical') }}
          set={formality => {
            set({ formality });
          }}
        />
        <ChoiceField
          label={trans.__('Length')}
          value={draft.length}
          none={trans.__('Not said')}
          choices={{ brief: trans.__('Brief'), balanced: trans.__('Balanced'), thorough: trans.__('Thorough') }}
          set={length => {
            set({ length });
          }}
        />
        <ChoiceField
          label={trans.__('Emoji')}
          value={draft.emoji}
          none={trans.__('Not said')}
          choices={{ never: trans.__('Never'), sparingly: trans.__('Sparingly'), freely: trans.__('Freely') }}
          set={emoji => {
            set({ emoji });
          }}
        />
      </div>
      <TextField
        label={trans.__('Do')}
        hint={oneToALine}
        rows={4}
        value={draft.do}
        placeholder={trans.__('Use one concrete example.')}
        set={todo => {
          set({ do: todo });
        }}
      />
      <TextField
        label={trans.__('Do not')}
        hint={oneToALine}
        rows={4}
        value={draft.dont}
        placeholder={trans.__('Repeat the question.')}
        set={dont => {
          set({ dont });
        }}
      />
      <Examples
        examples={draft.examples}
        set={examples => {
          set({ examples });
        }}
        trans={trans}
      />
    </div>
  );
}

interface ExamplesProps {
  readonly examples: readonly Exchange[];
  readonly set: (examples: readonly Exchange[]) => void;
  readonly trans: TranslationBundle;
}

/** Questions with their answers; the focus goes to a new one, and after a removal to the button that adds. */
function Examples({ examples, set, trans }: ExamplesProps): React.JSX.Element {
  const root = React.useRef<HTMLFieldSetElement>(null);
  const adding = React.useRef<HTMLButtonElement>(null);
  const change = (at: number, part: Partial<Exchange>): void => {
    set(examples.map((each, index) => (index === at ? { ...each, ...part } : each)));
  };
  const add = (): void => {
    set([...examples, { question: '', answer: '' }]);
    requestAnimationFrame(() => {
      root.current?.querySelector<HTMLElement>('li:last-child textarea')?.focus();
    });
  };
  return (
    <fieldset className="wb-Personalities-examples" ref={root}>
      <legend className="wb-Field-label">
        {trans.__('Examples')} <small>{trans.__('they shape replies most')}</small>
      </legend>
      <ol>
        {examples.map((each, at) => (
          <li key={at}>
            <TextField
              label={trans.__('Asked (example %1)', String(at + 1))}
              rows={2}
              value={each.question}
              set={question => {
                change(at, { question });
              }}
            />
            <TextField
              label={trans.__('Answered (example %1)', String(at + 1))}
              rows={3}
              value={each.answer}
              set={answer => {
                change(at, { answer });
              }}
            />
            <button
              type="button"
              className="wb-Models-button"
              aria-label={trans.__('Remove example %1', String(at + 1))}
              onClick={() => {
                set(examples.filter((_, index) => index !== at));
                adding.current?.focus();
              }}
            >
              {trans.__('Remove')}
            </button>
          </li>
        ))}
      </ol>
      <button type="button" className="wb-Models-button" ref={adding} onClick={add}>
        {trans.__('Add an example')}
      </button>
    </fieldset>
  );
}
