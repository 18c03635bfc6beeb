import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { changesOf } from '../chat/changes.js';
import type { Change } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import type { IAlerts, IOwner } from '../tokens.js';
import type { Alert, AlertsState, NewThreshold, Threshold } from './records.js';

/** Changes come in flocks: what they touched is read once they have settled. */
const SETTLE_MS = 60;
/** An alert ends by itself when what raised it is a day old: while one stands, it is looked at again so often. */
const STANDING_MS = 600_000;

/** The alerts that stand, and their thresholds: read anew whenever a request has ended or a threshold has changed. */
export class AlertsModel implements IAlerts, IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#owner = owner;
    owner.unlocked.connect(this.#onUnlocked, this);
    this.#unsubscribe = changesOf(owner.transport).subscribe(change => {
      this.#onChange(change);
    });
  }

  get state(): AlertsState {
    return this.#state;
  }

  get changed(): ISignal<this, AlertsState> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (!this.#disposed) {
      this.#disposed = true;
      clearTimeout(this.#waiting);
      this.#unsubscribe();
      this.#owner.unlocked.disconnect(this.#onUnlocked, this);
      Signal.clearData(this);
    }
  }

  /** Reads everything again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    const reading = (this.#reading += 1);
    let read: Partial<AlertsState>;
    try {
      const [alerts, thresholds] = await Promise.all([
        this.#request<readonly Alert[]>('GET', 'alerts'),
        this.#request<readonly Threshold[]>('GET', 'thresholds')
      ]);
      read = { phase: 'ready', fault: null, alerts, thresholds };
    } catch (error) {
      read = { phase: 'failed', fault: faultOf(error) };
    }
    if (reading === this.#reading && !this.#disposed) {
      this.#state = { ...this.#state, ...read };
      if (this.#state.alerts.length > 0) {
        this.#readIn(STANDING_MS);
      }
      this.#changed.emit(this.#state);
    }
  }

  async set(threshold: NewThreshold): Promise<Threshold> {
    const made = await this.#request<Threshold>('PUT', 'thresholds', threshold);
    await this.refresh();
    return made;
  }

  async remove(id: string): Promise<void> {
    await this.#request('DELETE', `thresholds/${id}`);
    await this.refresh();
  }

  #onChange(change: Change | null): void {
    const { phase, thresholds } = this.#state;
    const isEnd = (change?.noun === 'messages' || change?.noun === 'runs') && change.action === 'finish';
    const isMeant = change === null || change.noun === 'thresholds' || change.noun === 'owner';
    if (isMeant || (isEnd && (phase !== 'ready' || thresholds.length > 0))) {
      this.#readIn(SETTLE_MS);
    }
  }

  #onUnlocked(): void {
    void this.refresh();
  }

  #readIn(milliseconds: number): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.refresh(), milliseconds);
  }

  #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#owner.transport.request<T>(method, path, body);
  }

  readonly #owner: Pick<IOwner, 'transport' | 'unlocked'>;
  readonly #unsubscribe: () => void;
  readonly #changed = new Signal<this, AlertsState>(this);
  #state: AlertsState = { phase: 'loading', alerts: [], thresholds: [], fault: null };
  #reading = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
}
