import type { components } from '../api.js';
import type { Fault } from '../chat/records.js';

type Schemas = components['schemas'];

/** A threshold that is passed now. */
export type Alert = Schemas['Alert'];
/** What a model, or each of them, may take at most over 24 hours. */
export type Threshold = Schemas['Threshold'];
export type NewThreshold = Omit<Schemas['NewThreshold'], 'most'> & { readonly most: string };
export type Measure = Threshold['measure'];

export interface AlertsState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Those that stand. */
  readonly alerts: readonly Alert[];
  /** The oldest first. */
  readonly thresholds: readonly Threshold[];
  /** Why this could not be read. */
  readonly fault: Fault | null;
}
