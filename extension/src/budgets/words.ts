import type { TranslationBundle } from '@jupyterlab/translation';

import type { Experience } from '../chat/records.js';
import { tag } from '../experiences/time.js';
import { dollars } from './amount.js';
import type { Budget, BudgetState } from './records.js';

/** What a budget covers. */
export function coversWords(
  { experience_id, provider }: Pick<Budget, 'experience_id' | 'provider'>,
  experiences: readonly Experience[],
  trans: TranslationBundle
): string {
  if (experience_id !== null) {
    const name = experiences.find(each => each.id === experience_id)?.name;
    return name === undefined ? trans.__('An Experience') : trans.__('The Experience %1', name);
  }
  return provider === null ? trans.__('Everything') : trans.__('The provider %1', provider);
}

/** `Everything, each month`: a budget in one line, as buttons name it. */
export function budgetWords(
  budget: Pick<Budget, 'experience_id' | 'provider' | 'period'>,
  experiences: readonly Experience[],
  trans: TranslationBundle
): string {
  const covers = coversWords(budget, experiences, trans);
  return budget.period === 'day' ? trans.__('%1, each day', covers) : trans.__('%1, each month', covers);
}

/** `at most $20.00 a month`. */
export function mostWords(
  { amount_usd, period }: Pick<Budget, 'amount_usd' | 'period'>,
  trans: TranslationBundle
): string {
  const amount = dollars(amount_usd);
  return period === 'day' ? trans.__('at most %1 a day', amount) : trans.__('at most %1 a month', amount);
}

/** `$1.20 of $20.00 is spent (6 %)`. */
export function spentWords(state: BudgetState, trans: TranslationBundle): string {
  const { spent_usd, amount_usd, percent } = state;
  return trans.__('%1 of %2 is spent (%3 %)', dollars(spent_usd), dollars(amount_usd), percent);
}

/** How it stands with a budget where that is to be said; else empty. */
export function standingWords({ budget, percent }: BudgetState, trans: TranslationBundle): string {
  if (!budget.enabled) {
    return trans.__('Off: it stops nothing');
  }
  if (percent >= 100) {
    return trans.__('Reached');
  }
  return percent >= budget.warn_percent ? trans.__('Warning') : '';
}

/** For how many requests the amount is the least that was estimated, and how many are in no sum; empty: none. */
export function besidesWords(state: BudgetState, trans: TranslationBundle): string {
  const { estimated_requests: estimated, unknown_requests: unknown } = state;
  const said = [];
  if (estimated > 0) {
    said.push(
      trans._n(
        'The least that was estimated is counted for %1 request.',
        'The least that was estimated is counted for %1 requests.',
        estimated,
        estimated
      )
    );
  }
  if (unknown > 0) {
    said.push(
      trans._n(
        '%1 request of unknown cost is not counted.',
        '%1 requests of unknown cost are not counted.',
        unknown,
        unknown
      )
    );
  }
  return said.join(' ');
}

/** When a budget begins again, by the clock of whoever reads it. */
export function untilWords({ until }: Pick<BudgetState, 'until'>, language: string): string {
  return new Intl.DateTimeFormat(tag(language), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short'
  }).format(new Date(until));
}
