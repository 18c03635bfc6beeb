import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { BudgetState } from '../budgets/records.js';
import type { Change } from '../chat/records.js';
import { Reading } from '../tab/reading.js';
import type { IAlerts, IOwner } from '../tokens.js';
import type { Alert, AlertsState, NewThreshold, Read, Threshold } from './records.js';

/** An alert ends by itself when what raised it is a day old: while one stands, it is looked at again so often. */
const STANDING_MS = 600_000;

/** The alerts that stand, and what raises them: read anew whenever a request has ended or a limit has changed. */
export class AlertsModel implements IAlerts, IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: { alerts: [], thresholds: [], budgets: [] },
      isMeant: change => this.#isMeant(change),
      again: () => void this.refresh()
    });
  }

  get state(): AlertsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, AlertsState> {
    return this.#reading.changed;
  }

  get isDisposed(): boolean {
    return this.#reading.isDisposed;
  }

  dispose(): void {
    clearTimeout(this.#standing);
    this.#reading.dispose();
  }

  /** Reads everything again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    const outcome = await this.#reading.take(async () => {
      const [alerts, thresholds, budgets] = await Promise.all([
        this.#reading.request<readonly Alert[]>('GET', 'alerts'),
        this.#reading.request<readonly Threshold[]>('GET', 'thresholds'),
        this.#reading.request<readonly BudgetState[]>('GET', 'budgets')
      ]);
      return { alerts, thresholds, budgets };
    });
    if (outcome !== 'overtaken' && !this.isDisposed) {
      clearTimeout(this.#standing);
      if (this.state.alerts.length > 0) {
        this.#standing = setTimeout(() => void this.refresh(), STANDING_MS);
      }
    }
  }

  async set(threshold: NewThreshold): Promise<Threshold> {
    const made = await this.#reading.request<Threshold>('PUT', 'thresholds', threshold);
    await this.refresh();
    return made;
  }

  async remove(id: string): Promise<void> {
    await this.#reading.request('DELETE', `thresholds/${id}`);
    await this.refresh();
  }

  #isMeant(change: Change | null): boolean {
    if (change === null || ['thresholds', 'budgets', 'owner'].includes(change.noun)) {
      return true;
    }
    const isEnd = (change.noun === 'messages' || change.noun === 'runs') && change.action === 'finish';
    const { phase, thresholds, budgets } = this.state;
    return isEnd && (phase !== 'ready' || thresholds.length > 0 || budgets.length > 0);
  }

  readonly #reading: Reading<Read>;
  #standing: ReturnType<typeof setTimeout> | undefined;
}
