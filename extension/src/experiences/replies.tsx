import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Model } from '../chat/records.js';
import type { Personality } from '../personalities/records.js';
import type { Details } from './model.js';

type Settings = Pick<Details, 'fallbacks' | 'temperature' | 'max_output_tokens' | 'personality'>;

export interface RepliesProps {
  readonly settings: Settings;
  /** Those that can be chosen. */
  readonly models: readonly Model[];
  readonly personalities: readonly Personality[];
  /** The id of the one that answers, before the fallbacks; null: it is not known. */
  readonly answering: string | null;
  readonly onChange: (change: Partial<Settings>) => void;
  readonly trans: TranslationBundle;
}

/** How replies are asked for: in which manner, who answers instead, how freely, and how long. */
export function Replies(props: RepliesProps): React.JSX.Element {
  const { settings, models, personalities, answering, onChange, trans } = props;
  const asked = [answering, ...settings.fallbacks];
  const without = models.filter(each => each.temperature === false && asked.includes(each.id));
  return (
    <details className="wb-Replies">
      <summary>{trans.__('How replies are asked for')}</summary>
      <label className="wb-Field">
        <span className="wb-Field-label">
          {trans.__('Personality')} <small>{trans.__('how replies are to sound')}</small>
        </span>
        <select
          className="wb-Field-input"
          value={settings.personality ?? ''}
          onChange={event => {
            onChange({ personality: event.target.value || null });
          }}
        >
          <option value="">{trans.__('None')}</option>
          {personalities.map(each => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <Fallbacks
        ids={settings.fallbacks}
        models={models}
        onChange={fallbacks => {
          onChange({ fallbacks });
        }}
        trans={trans}
      />
      <div className="wb-Replies-numbers">
        <NumberField
          label={trans.__('Temperature')}
          hint={trans.__('0 to 2; empty: the provider’s own')}
          value={settings.temperature}
          step="any"
          onChange={temperature => {
            onChange({ temperature });
          }}
        />
        <NumberField
          label={trans.__('Longest reply')}
          hint={trans.__('in tokens; empty: the provider’s own')}
          value={settings.max_output_tokens}
          step="1"
          onChange={max_output_tokens => {
            onChange({ max_output_tokens });
          }}
        />
      </div>
      <p className="wb-Replies-note" aria-live="polite">
        {without.length > 0 &&
          trans.__('The temperature is not sent to %1, which takes none.', without.map(each => each.id).join(', '))}
      </p>
    </details>
  );
}

interface FallbacksProps {
  readonly ids: readonly string[];
  readonly models: readonly Model[];
  readonly onChange: (ids: readonly string[]) => void;
  readonly trans: TranslationBundle;
}

/** An ordered list; the focus stays with what was moved, and goes to a neighbour of what was removed. */
function Fallbacks({ ids, models, onChange, trans }: FallbacksProps): React.JSX.Element {
  const root = React.useRef<HTMLFieldSetElement>(null);
  const [chosen, setChosen] = React.useState('');
  const [focus, setFocus] = React.useState('');
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    if (focus !== '') {
      root.current?.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
    }
  }, [focus, ids]);
  const left = models.filter(each => !ids.includes(each.id));
  const wanted = left.some(each => each.id === chosen) ? chosen : (left[0]?.id ?? '');
  const move = (at: number, by: -1 | 1): void => {
    const id = ids[at];
    const other = ids[at + by];
    if (id === undefined || other === undefined) {
      return;
    }
    const moved = ids.map(each => (each === id ? other : each === other ? id : each));
    onChange(moved);
    setFocus(`${by} ${id}`);
    setSaid(trans.__('%1 is now number %2.', id, at + by + 1));
  };
  const remove = (at: number): void => {
    const next = ids[at + 1] ?? ids[at - 1];
    onChange(ids.filter((_, index) => index !== at));
    setFocus(next === undefined ? 'choice' : `0 ${next}`);
    setSaid(trans.__('%1 is removed.', ids[at] ?? ''));
  };
  return (
    <fieldset className="wb-Fallbacks" ref={root}>
      <legend className="wb-Field-label">
        {trans.__('Fallbacks')} <small>{trans.__('asked in this order where its model gives nothing')}</small>
      </legend>
      <ol>
        {ids.map((id, at) => (
          <li key={id}>
            <span className="wb-Fallbacks-name">{id}</span>
            <Step label={trans.__('Move %1 up', id)} sign="↑" id={`-1 ${id}`} off={at === 0} onClick={() => { move(at, -1); }} />
            <Step
              label={trans.__('Move %1 down', id)}
              sign="↓"
              id={`1 ${id}`}
              off={at === ids.length - 1}
              onClick={() => { move(at, 1); }}
            />
            <Step label={trans.__('Remove %1', id)} sign="×" id={`0 ${id}`} off={false} onClick={() => { remove(at); }} />
          </li>
        ))}
      </ol>
      <div className="wb-Fallbacks-add">
        <select
          className="wb-Field-input"
          aria-label={trans.__('Model to fall back on')}
          data-focus="choice"
          value={wanted}
          onChange={event => {
            setChosen(event.target.value);
          }}
        >
          {left.length === 0 && <option value="">{trans.__('No other model')}</option>}
          {left.map(each => (
            <option key={each.id} value={each.id}>
              {each.id}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="wb-Fallbacks-button"
          aria-disabled={wanted === ''}
          onClick={() => {
            if (wanted !== '') {
              onChange([...ids, wanted]);
              setSaid(trans.__('%1 is added.', wanted));
            }
          }}
        >
          {trans.__('Add fallback')}
        </button>
      </div>
      <p className="wb-Fallbacks-said" role="status">
        {said}
      </p>
    </fieldset>
  );
}

interface StepProps {
  readonly label: string;
  readonly sign: string;
  readonly id: string;
  readonly off: boolean;
  readonly onClick: () => void;
}

function Step({ label, sign, id, off, onClick }: StepProps): React.JSX.Element {
  return (
    <button
      type="button"
      className="wb-Fallbacks-button"
      aria-label={label}
      title={label}
      aria-disabled={off}
      data-focus={id}
      onClick={onClick}
    >
      <span aria-hidden>{sign}</span>
    </button>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: number | null;
  readonly step: string;
  readonly onChange: (value: number | null) => void;
}

function NumberField({ label, hint, value, step, onChange }: NumberFieldProps): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">
        {label} <small>{hint}</small>
      </span>
      <input
        className="wb-Field-input"
        type="number"
        step={step}
        defaultValue={value ?? ''}
        onChange={event => {
          onChange(event.target.value === '' ? null : Number(event.target.value));
        }}
      />
    </label>
  );
}
