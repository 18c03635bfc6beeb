import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Model } from '../chat/records.js';
import { tag } from '../experiences/time.js';

interface Props {
  readonly each: Model;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** What a model can do and what it costs, folded away. */
export function Abilities({ each, trans, language }: Props): React.JSX.Element {
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
    </details>
  );
}

/** What is known of a model, in words; what is not known says so. */
export function facts(each: Model, language: string, trans: TranslationBundle): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [
    [trans.__('Longest reply'), countWords(each.max_output_tokens, language, trans)],
    [trans.__('Calls tools'), answerWords(each.tools, trans)],
    [trans.__('Reasons'), answerWords(each.reasoning, trans)],
    [trans.__('Takes PDF files'), answerWords(each.pdf, trans)]
  ];
  if (each.deprecated_on !== null) {
    found.push([trans.__('Ends on'), dayWords(each.deprecated_on, language)]);
  }
  found.push([trans.__('Price, read'), priceWords(each.input_usd_per_million, trans)]);
  if (each.cached_usd_per_million !== null) {
    found.push([trans.__('Price, cached'), priceWords(each.cached_usd_per_million, trans)]);
  }
  found.push([trans.__('Price, written'), priceWords(each.output_usd_per_million, trans)]);
  if (each.dearer_above_tokens !== null) {
    const count = each.dearer_above_tokens.toLocaleString(tag(language));
    found.push([trans.__('Price of large requests'), trans.__('higher above %1 tokens', count)]);
  }
  if (each.priced_by !== '') {
    found.push([trans.__('Prices as of'), each.priced_by]);
  }
  return found;
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
