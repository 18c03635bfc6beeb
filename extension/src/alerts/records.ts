import type { components } from '../api.js';
import type { BudgetState } from '../budgets/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];

/** A threshold that is passed now, or a budget of which much is spent. */
export type Alert = Schemas['Alert'];
/** What a model, or each of them, may take at most over 24 hours. */
export type Threshold = Schemas['Threshold'];
export type NewThreshold = Omit<Schemas['NewThreshold'], 'most'> & { readonly most: string };
export type Measure = Threshold['measure'];

export interface Read {
  /** Those that stand. */
  readonly alerts: readonly Alert[];
  /** The oldest first. */
  readonly thresholds: readonly Threshold[];
  /** These raise alerts too. */
  readonly budgets: readonly BudgetState[];
}

export type AlertsState = Read & Progress;
