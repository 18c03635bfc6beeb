import type { components } from '../api.js';
import type { Experience } from '../chat/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];

/** What models may cost in a day or a month. Amounts are decimal numbers as text, and stay text. */
export type Budget = Schemas['Budget'];
/** A budget, and what is spent of it now. */
export type BudgetState = Schemas['BudgetState'];
export type Period = Budget['period'];
export type NewBudget = Required<Schemas['NewBudget']> & { readonly amount_usd: string };
export type BudgetChange = Partial<Pick<Budget, 'amount_usd' | 'warn_percent' | 'enabled'>>;

export interface Read {
  /** The oldest first. */
  readonly budgets: readonly BudgetState[];
  /** All of them: a budget may be for one that is archived. */
  readonly experiences: readonly Experience[];
}

export type BudgetsState = Read & Progress;
