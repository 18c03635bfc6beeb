import type { TranslationBundle } from '@jupyterlab/translation';

import { billionths } from './amount.js';
import type { Budget, BudgetState, NewBudget, Period } from './records.js';

/** What a person has said of a budget to set. */
export interface Draft {
  readonly period: Period;
  /** As `useOf` writes it. */
  readonly use: string;
  readonly amount: string;
  readonly warn: string;
}

type Use = Pick<Budget, 'experience_id' | 'provider'>;

export const EMPTY: Draft = { period: 'month', use: '', amount: '', warn: '80' };

const PLAIN = /^(?:\d+\.?\d*|\.\d+)$/;
const FINE = /\.\d{6}\d*[1-9]/;
const MOST = billionths('1000000');
const EXPERIENCE = 'experience:';
const PROVIDER = 'provider:';

/** What a budget covers as a choice's value; empty: everything. */
export function useOf({ experience_id, provider }: Use): string {
  if (experience_id !== null) {
    return EXPERIENCE + experience_id;
  }
  return provider === null ? '' : PROVIDER + provider;
}

/** What such a value stands for. */
export function usedBy(use: string): Use {
  return {
    experience_id: use.startsWith(EXPERIENCE) ? use.slice(EXPERIENCE.length) : null,
    provider: use.startsWith(PROVIDER) ? use.slice(PROVIDER.length) : null
  };
}

/** The form with what a budget is. */
export function draftOf(budget: Budget): Draft {
  const { period, amount_usd, warn_percent } = budget;
  return { period, use: useOf(budget), amount: amount_usd, warn: String(warn_percent) };
}

export function budgetOf({ period, use, amount, warn }: Draft): NewBudget {
  return { period, ...usedBy(use), amount_usd: amount.trim(), warn_percent: Number(warn.trim()), enabled: true };
}

/** The budget that this would change; null: none is set for the same. */
export function changedBy(
  { period, use }: Pick<Draft, 'period' | 'use'>,
  budgets: readonly BudgetState[]
): Budget | null {
  return budgets.find(({ budget }) => budget.period === period && useOf(budget) === use)?.budget ?? null;
}

/** What is wrong with the amount; empty: nothing. */
export function amountProblem({ amount }: Draft, trans: TranslationBundle): string {
  const text = amount.trim();
  if (text === '') {
    return trans.__('Give an amount, as in 20 or 0.50.');
  }
  if (!PLAIN.test(text)) {
    return trans.__('Give digits and a point only, as in 20 or 0.50; the unit is known.');
  }
  if (FINE.test(text)) {
    return trans.__('Give at most six digits after the point.');
  }
  if (billionths(text) === 0n) {
    return trans.__('Give an amount above 0. To ask no model of a provider, disable the provider.');
  }
  return billionths(text) > MOST ? trans.__('Give at most 1000000.') : '';
}

/** What is wrong with the share; empty: nothing. */
export function warnProblem({ warn }: Draft, trans: TranslationBundle): string {
  const text = warn.trim();
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100
    ? ''
    : trans.__('Give a whole number from 1 to 100.');
}
