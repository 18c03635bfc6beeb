import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault, Model } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { ANSWERS, canBeSaid, changesOf, type Fact, NUMBERS, PRICES, type Said, saidOf } from './corrections.js';
import type { ModelsModel } from './model.js';

interface Props {
  readonly each: Model;
  readonly model: ModelsModel;
  readonly trans: TranslationBundle;
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
}

/** A form to say of a model what is not as it is known. */
export function Correct({ each, model, trans, say }: Props): React.JSX.Element {
  const [said, setSaid] = React.useState<Said>(() => saidOf(each));
  const [fault, setFault] = React.useState<Fault | null>(null);
  const id = React.useId();
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setFault(null);
    const changes = changesOf(each, said);
    if (Object.keys(changes).length === 0) {
      say(trans.__('Nothing was changed.'));
      return;
    }
    try {
      setSaid(saidOf(await model.correct(each.id, changes)));
      say(trans.__('Saved what you say of %1.', each.id));
    } catch (error) {
      setFault(faultOf(error));
    }
  };
  const field = (fact: Fact, hint: string, control: (id: string) => React.ReactNode): React.ReactNode =>
    canBeSaid(each, fact) && (
      <div className="wb-Field" key={fact}>
        <label className="wb-Field-label" htmlFor={`${id}-${fact}`}>
          {labelOf(fact, trans)} {hint !== '' && <small>{hint}</small>}
        </label>
        {control(`${id}-${fact}`)}
      </div>
    );
  const set = (fact: Fact, value: string): void => {
    setSaid({ ...said, [fact]: value });
  };
  const text = (fact: Fact, hint: string): React.ReactNode =>
    field(fact, hint, own => (
      <input
        id={own}
        className="wb-Field-input"
        type="text"
        autoComplete="off"
        placeholder={knownWords(each, fact, trans)}
        value={said[fact]}
        onChange={event => {
          set(fact, event.target.value);
        }}
      />
    ));
  const answer = (fact: Fact): React.ReactNode =>
    field(fact, '', own => (
      <select
        id={own}
        className="wb-Field-input"
        value={said[fact]}
        onChange={event => {
          set(fact, event.target.value);
        }}
      >
        <option value="">{trans.__('As it is known')}</option>
        <option value="true">{trans.__('Yes')}</option>
        <option value="false">{trans.__('No')}</option>
      </select>
    ));
  return (
    <form
      className="wb-Models-correct"
      aria-label={trans.__('What you say of %1', each.id)}
      noValidate
      onSubmit={event => void submit(event)}
    >
      <p className="wb-Models-hint">
        {trans.__(
          'What you say stands before what is known. Leave a field empty, or empty it, to take what is known. Prices count from the next reply on.'
        )}
      </p>
      <div className="wb-Models-fields">
        {NUMBERS.map(fact => text(fact, trans.__('tokens')))}
        {ANSWERS.map(answer)}
        {PRICES.map(fact => text(fact, trans.__('US dollars for a million tokens')))}
        {text('deprecated_on', trans.__('date, as 2026-11-30'))}
      </div>
      {fault !== null && (
        <p className="wb-Models-fault" role="alert">
          {fault.message} {fault.remedy}
        </p>
      )}
      <button type="submit" className="wb-Models-button">
        {trans.__('Save')}
      </button>
    </form>
  );
}

function labelOf(fact: Fact, trans: TranslationBundle): string {
  switch (fact) {
    case 'context_tokens':
      return trans.__('Context window');
    case 'max_output_tokens':
      return trans.__('Longest reply');
    case 'sees':
      return trans.__('Sees pictures');
    case 'tools':
      return trans.__('Calls tools');
    case 'reasoning':
      return trans.__('Reasons');
    case 'pdf':
      return trans.__('Takes PDF files');
    case 'temperature':
      return trans.__('Takes a temperature');
    case 'deprecated_on':
      return trans.__('Ends on');
    case 'input_usd_per_million':
      return trans.__('Price, read');
    case 'cached_usd_per_million':
      return trans.__('Price, cached');
    case 'output_usd_per_million':
      return trans.__('Price, written');
  }
}

/** What stands in an empty field: what is known; nothing where a person's own word is in the way of it. */
function knownWords(each: Model, fact: Fact, trans: TranslationBundle): string {
  if (each.corrected.includes(fact)) {
    return '';
  }
  const known = each[fact];
  return known === null ? trans.__('unknown') : String(known);
}
