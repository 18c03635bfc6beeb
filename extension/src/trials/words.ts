import type { TranslationBundle } from '@jupyterlab/translation';

import type { Choice, Trial } from './records.js';

/** How a trial is, in a word. */
export function stateWord({ state }: Trial, trans: TranslationBundle): string {
  switch (state) {
    case 'planned':
      return trans.__('Planned');
    case 'running':
      return trans.__('Running');
    case 'paused':
      return trans.__('Paused');
    case 'rating':
      return trans.__('To be rated');
    case 'done':
      return trans.__('Done');
    case 'stopped':
      return trans.__('Stopped');
  }
}

/** Whether its single replies can be listed: it rests or has ended, and nothing has to stay blind. */
export function isRevealed({ outcome, state }: Trial): boolean {
  return state === 'done' || state === 'stopped' || (state === 'paused' && outcome !== 'rating');
}

/** What a key says of a pair; null: nothing. */
export function choiceOf(key: string): Choice | null {
  switch (key) {
    case '1':
    case 'ArrowLeft':
      return 'left';
    case '2':
    case 'ArrowRight':
      return 'right';
    case '0':
    case 'ArrowDown':
      return 'tie';
    default:
      return null;
  }
}

/** A share: `63%`; a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${Math.round(share * 100)}%`;
}

/** A figure with so many digits behind its point; a dash where there is none. */
export function figure(value: number | null, digits = 0): string {
  return value === null ? '–' : value.toFixed(digits);
}

/** An amount in dollars, as it is shown. */
export function amountWords(usd: string, trans: TranslationBundle): string {
  const amount = Number(usd);
  return amount === 0 ? trans.__('free') : `$${Number(amount.toPrecision(3))}`;
}

/** What a trial cost, as far as that is known. */
export function costWords({ cost_usd, of_unknown_cost }: Trial, trans: TranslationBundle): string {
  if (cost_usd === null) {
    return of_unknown_cost > 0 ? trans.__('cost unknown') : '';
  }
  const known = amountWords(cost_usd, trans);
  return of_unknown_cost > 0 ? trans.__('%1, and more that is unknown', known) : known;
}
