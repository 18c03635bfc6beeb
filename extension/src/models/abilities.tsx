import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Model } from '../chat/records.js';
import { tag } from '../experiences/time.js';
import { Correct } from './correct.js';
import type { PRICES } from './corrections.js';
import type { ModelsModel } from './model.js';

interface Props {
  readonly each: Model;
  readonly model: ModelsModel;
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** What a model can do and what it costs, folded away. */
export function Abilities({ each, model, say, trans, language }: Props): React.JSX.Element {
  const [isCorrecting, setCorrecting] = React.useState(false);
  return (
    <details className="wb-Models-more">
      <summary aria-label={trans.__('Abilities and prices: %1', each.id)}>{trans.__('Abilities and prices')}</summary>
      <dl className="wb-Models-facts">
        {facts(each, language, trans).map(([term, words]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <div className="wb-Models-buttons">
        <button
          type="button"
          className="wb-Models-button"
          aria-label={trans.__('Correct: %1', each.id)}
          aria-expanded={isCorrecting}
          onClick={() => {
            setCorrecting(!isCorrecting);
          }}
        >
          {trans.__('Correct…')}
        </button>
      </div>
      {isCorrecting && <Correct each={each} model={model} say={say} trans={trans} />}
    </details>
  );
}

/** What is known of a model, in words; what is not known says so. */
export function facts(each: Model, language: string, trans: TranslationBundle): readonly (readonly [string, string])[] {
  const own = (fact: keyof Model, words: string): string => owned(each, fact, words, trans);
  const found: (readonly [string, string])[] = [
    [trans.__('Longest reply'), own('max_output_tokens', countWords(each.max_output_tokens, language, trans))],
    [trans.__('Calls tools'), own('tools', answerWords(each.tools, trans))],
    [trans.__('Reasons'), own('reasoning', answerWords(each.reasoning, trans))],
    [trans.__('Takes PDF files'), own('pdf', answerWords(each.pdf, trans))],
    [trans.__('Takes a temperature'), own('temperature', answerWords(each.temperature, trans))]
  ];
  if (each.deprecated_on !== null) {
    const label = each.ended ? trans.__('Ended on') : trans.__('Ends on');
    found.push([label, own('deprecated_on', dayWords(each.deprecated_on, language))]);
  }
  const price = (fact: (typeof PRICES)[number]): string => own(fact, priceWords(each[fact], trans));
  found.push([trans.__('Price, read'), price('input_usd_per_million')]);
  if (each.cached_usd_per_million !== null) {
    found.push([trans.__('Price, cached'), price('cached_usd_per_million')]);
  }
  found.push([trans.__('Price, written'), price('output_usd_per_million')]);
  if (each.dearer_above_tokens !== null) {
    const count = each.dearer_above_tokens.toLocaleString(tag(language));
    found.push([trans.__('Price of large requests'), trans.__('higher above %1 tokens', count)]);
  }
  if (each.priced_by !== '') {
    const by = each.priced_by === 'you' ? trans.__('yours') : each.priced_by;
    const on = each.priced_on === null ? [] : [dayWords(each.priced_on, language)];
    found.push([trans.__('Prices as of'), [...on, by].join(', ')]);
  }
  return found;
}

/** The words for a fact, with whether a person has said it. */
export function owned(each: Model, fact: string, words: string, trans: TranslationBundle): string {
  return each.corrected.includes(fact) ? trans.__('%1 (yours)', words) : words;
}

function countWords(count: number | null, language: string, trans: TranslationBundle): string {
  return count === null ? trans.__('unknown') : trans.__('%1 tokens', count.toLocaleString(tag(language)));
}

function answerWords(told: boolean | null, trans: TranslationBundle): string {
  if (told === null) {
    return trans.__('unknown');
  }
  return told ? trans.__('yes') : trans.__('no');
}

/** A price in full: `$0.30 for a million tokens`. */
function priceWords(usd: string | null, trans: TranslationBundle): string {
  if (usd === null) {
    return trans.__('unknown');
  }
  return Number(usd) === 0 ? trans.__('nothing') : trans.__('%1 for a million tokens', `$${withCents(usd)}`);
}

function withCents(usd: string): string {
  const [dollars = '', cents = ''] = usd.split('.');
  return `${dollars}.${cents.padEnd(2, '0')}`;
}

function dayWords(day: string, language: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(tag(language), { dateStyle: 'medium', timeZone: 'UTC' });
}
