import type { TranslationBundle } from '@jupyterlab/translation';

import type { Alert, Measure, Threshold } from './records.js';

/** As much of a model's name has room in a notification, which is cut at 140 characters. */
const NAME_LENGTH = 36;

export function measureWords(measure: Measure, trans: TranslationBundle): string {
  switch (measure) {
    case 'first_token_s':
      return trans.__('Time to the first token');
    case 'reply_s':
      return trans.__('Time for a whole reply');
    case 'failed_percent':
      return trans.__('Requests that fail');
    case 'cost_usd':
      return trans.__('Cost');
  }
}

export function unitWords(measure: Measure, trans: TranslationBundle): string {
  switch (measure) {
    case 'first_token_s':
    case 'reply_s':
      return trans.__('seconds');
    case 'failed_percent':
      return trans.__('percent');
    case 'cost_usd':
      return trans.__('US dollars');
  }
}

/** What is compared with the threshold. */
export function judgedWords(measure: Measure, trans: TranslationBundle): string {
  switch (measure) {
    case 'first_token_s':
    case 'reply_s':
      return trans.__('The median of the last 24 hours, from 5 requests on.');
    case 'failed_percent':
      return trans.__('The share of the last 24 hours, from 5 requests on.');
    case 'cost_usd':
      return trans.__('The sum of the last 24 hours, as far as prices are known.');
  }
}

export function modelWords(model: string | null, trans: TranslationBundle): string {
  return model ?? trans.__('Every model, each by itself');
}

/** `at most 2.5 seconds`. */
export function mostWords({ measure, most }: Pick<Threshold, 'measure' | 'most'>, trans: TranslationBundle): string {
  return trans.__('at most %1 %2', most, unitWords(measure, trans));
}

/** A threshold in one line, as buttons name it. */
export function thresholdWords(
  { measure, model }: Pick<Threshold, 'measure' | 'model'>,
  trans: TranslationBundle
): string {
  return `${measureWords(measure, trans)}, ${model ?? trans.__('every model')}`;
}

/** How many alerts stand. */
export function countWords(count: number, trans: TranslationBundle): string {
  return trans._n('%1 alert', '%1 alerts', count, count);
}

/** What a notification says: one alert in its own words, with a long name cut short; several by their number. */
export function newsWords(alerts: readonly Alert[], trans: TranslationBundle): string {
  const [first] = alerts;
  if (first === undefined || alerts.length > 1) {
    return trans.__('%1 are raised: models take more than you allow.', countWords(alerts.length, trans));
  }
  const { model, message } = first;
  return model !== null && model.length > NAME_LENGTH && message.startsWith(model)
    ? `${model.slice(0, NAME_LENGTH - 1)}…${message.slice(model.length)}`
    : message;
}
