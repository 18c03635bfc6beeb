import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { askedFor, contentOf, type Draft, type VariableDraft } from './draft.js';
import { Line } from './fields.js';
import type { PromptsModel } from './model.js';
import type { Finding, Linted, PromptPreview, Values } from './records.js';

/** How long nothing has to be typed before what is written is looked at. */
const QUIET_MS = 250;

/** What the owner says of what is written, as it was asked last. */
export interface Looked {
  readonly linted: Linted | null;
  readonly preview: PromptPreview | null;
  readonly fault: Fault | null;
}

/** Lints and fills in what is written, once nothing more is typed. */
export function useLooked(prompts: PromptsModel, draft: Draft, values: Values, model: string | null): Looked {
  const [looked, setLooked] = React.useState<Looked>({ linted: null, preview: null, fault: null });
  React.useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const content = contentOf(draft);
      try {
        const [linted, preview] = await Promise.all([prompts.lint(content, model), prompts.preview(content, values)]);
        if (!isOver) {
          setLooked({ linted, preview, fault: null });
        }
      } catch (error) {
        if (!isOver) {
          setLooked(before => ({ ...before, fault: faultOf(error) }));
        }
      }
    };
    const timer = setTimeout(() => void look(), QUIET_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [prompts, draft, values, model]);
  return looked;
}

/** What is wrong or doubtful, each with its place, which is gone to with a click. */
export function Findings(props: {
  readonly looked: Looked;
  readonly textField: React.RefObject<HTMLTextAreaElement>;
  readonly trans: TranslationBundle;
}): React.JSX.Element | null {
  const { looked, textField, trans } = props;
  const { linted, fault } = looked;
  const show = (each: Finding): void => {
    const field = textField.current;
    const before = (field?.value ?? '').split('\n').slice(0, each.line - 1);
    const at = before.reduce((length, line) => length + line.length + 1, each.column - 1);
    field?.focus();
    field?.setSelectionRange(at, at);
  };
  const words = { error: trans.__('Wrong'), warning: trans.__('Doubtful'), note: trans.__('To know') };
  return (
    <section className="wb-Prompts-findings" aria-label={trans.__('What is to be said of it')}>
      <p className="wb-Models-hint" role="status">
        {fault !== null
          ? `${fault.message} ${fault.remedy}`
          : linted !== null &&
            trans._n('%1 finding, about %2 tokens', '%1 findings, about %2 tokens', linted.findings.length, linted.tokens)}
      </p>
      <ul>
        {linted?.findings.map((each, at) => (
          <li key={at} className={`wb-mod-${each.severity}`}>
            <button
              type="button"
              className="wb-Prompts-place"
              onClick={() => {
                show(each);
              }}
            >
              {words[each.severity]}, {trans.__('line %1', String(each.line))}
            </button>{' '}
            {each.message} {each.remedy}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the variables are given, and what the prompt becomes. */
export function Filled(props: {
  readonly draft: Draft;
  readonly looked: Looked;
  readonly values: Values;
  readonly setValues: (values: Values) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { draft, looked, values, setValues, trans } = props;
  const asked = askedFor(draft, looked.linted?.variables ?? []);
  return (
    <section aria-labelledby="wb-prompt-filled">
      <h3 id="wb-prompt-filled">{trans.__('Filled in')}</h3>
      {asked.map(each => (
        <ValueField
          key={each.name}
          variable={each}
          value={values[each.name] ?? ''}
          set={value => {
            setValues({ ...values, [each.name]: value });
          }}
          trans={trans}
        />
      ))}
      <ul className="wb-Prompts-problems">
        {looked.preview?.problems.map(each => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      {looked.preview !== null && looked.preview.text !== '' && (
        <pre className="wb-Prompts-filled" tabIndex={0} aria-label={trans.__('What would be sent')}>
          {looked.preview.text}
        </pre>
      )}
    </section>
  );
}

function ValueField(props: {
  readonly variable: VariableDraft;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { variable, value, set, trans } = props;
  const label = variable.label === '' ? variable.name : variable.label;
  const choices = variable.kind === 'yes/no' ? ['yes', 'no'] : variable.choices.split('\n').filter(each => each !== '');
  if (variable.kind === 'choice' || variable.kind === 'yes/no') {
    return (
      <label className="wb-Field">
        <span className="wb-Field-label">{label}</span>
        <select
          className="wb-Field-input"
          value={value}
          onChange={event => {
            set(event.target.value);
          }}
        >
          <option value="">{variable.default === '' ? trans.__('(not given)') : variable.default}</option>
          {choices.map(each => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
    );
  }
  if (variable.kind === 'text') {
    return (
      <label className="wb-Field">
        <span className="wb-Field-label">
          {label} {variable.default !== '' && <small>{variable.default}</small>}
        </span>
        <textarea
          className="wb-Field-input"
          rows={2}
          value={value}
          onChange={event => {
            set(event.target.value);
          }}
        />
      </label>
    );
  }
  const type = variable.kind === 'date' ? 'date' : 'text';
  return <Line label={label} hint={variable.default} type={type} value={value} set={set} />;
}
