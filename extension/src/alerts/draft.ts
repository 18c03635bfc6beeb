import type { TranslationBundle } from '@jupyterlab/translation';

import type { Measure, NewThreshold, Threshold } from './records.js';

/** What a person has said of a threshold to set. */
export interface Draft {
  readonly measure: Measure;
  /** A model's id; empty: every model. */
  readonly model: string;
  readonly most: string;
}

export const MEASURES: readonly Measure[] = ['first_token_s', 'reply_s', 'failed_percent', 'cost_usd'];
export const EMPTY: Draft = { measure: 'first_token_s', model: '', most: '' };

const PLAIN = /^(?:\d+\.?\d*|\.\d+)$/;
const LEAST = 0.000001;
const MOST = 1_000_000;

/** The form with what a threshold is. */
export function draftOf({ measure, model, most }: Pick<Threshold, 'measure' | 'model' | 'most'>): Draft {
  return { measure, model: model ?? '', most };
}

export function thresholdOf({ measure, model, most }: Draft): NewThreshold {
  return { measure, model: model === '' ? null : model, most: most.trim() };
}

/** The threshold that this would change; null: none is set for the same. */
export function changedBy(draft: Draft, thresholds: readonly Threshold[]): Threshold | null {
  return thresholds.find(each => each.measure === draft.measure && (each.model ?? '') === draft.model) ?? null;
}

/** What is wrong with the number; empty: nothing. */
export function problemOf({ measure, most }: Draft, trans: TranslationBundle): string {
  const text = most.trim();
  if (text === '') {
    return trans.__('Give a number, as in 2.5.');
  }
  if (!PLAIN.test(text)) {
    return trans.__('Give digits and a point only, as in 2.5; the unit is known.');
  }
  if (Number(text) < LEAST) {
    return trans.__('Give a number above 0.');
  }
  if (measure === 'failed_percent' && Number(text) > 100) {
    return trans.__('No more than 100 percent can fail.');
  }
  return Number(text) > MOST ? trans.__('Give at most 1000000.') : '';
}
