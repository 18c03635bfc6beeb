import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { changesOf } from '../chat/changes.js';
import type { Change, Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import type { IOwner } from '../tokens.js';

/** How far the reading of something is. */
export interface Progress {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why it could not be read. */
  readonly fault: Fault | null;
}

/** `overtaken`: something newer was read or known meanwhile, and this was left. */
export type Outcome = 'taken' | 'failed' | 'overtaken';

interface Options<T> {
  readonly owner: Pick<IOwner, 'transport' | 'unlocked'>;
  /** What there is before anything is read. */
  readonly empty: T;
  /** Whether all is to be read again after a change; null: some may have been missed. */
  readonly isMeant: (change: Change | null) => boolean;
  readonly again: () => void;
}

/** Changes come in flocks: what they touched is read once they have settled. */
const SETTLE_MS = 60;

/** What a tab shows, as it was read last; read again when the owner says that it changed, or is unlocked. */
export class Reading<T extends object> implements IDisposable {
  constructor(options: Options<T>) {
    this.#options = options;
    this.#state = { ...options.empty, phase: 'loading', fault: null };
    options.owner.unlocked.connect(this.#onUnlocked, this);
    this.#unsubscribe = changesOf(options.owner.transport).subscribe(change => {
      if (options.isMeant(change)) {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(options.again, SETTLE_MS);
      }
    });
  }

  get state(): T & Progress {
    return this.#state;
  }

  get changed(): ISignal<this, T & Progress> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (!this.#disposed) {
      this.#disposed = true;
      clearTimeout(this.#settling);
      this.#unsubscribe();
      this.#options.owner.unlocked.disconnect(this.#onUnlocked, this);
      Signal.clearData(this);
    }
  }

  request<R>(method: string, path: string, body?: unknown): Promise<R> {
    return this.#options.owner.transport.request<R>(method, path, body);
  }

  /** Reads, and keeps what came unless it was overtaken. What goes wrong is in the state. */
  async take(read: () => Promise<Partial<T>>): Promise<Outcome> {
    const number = (this.#number += 1);
    let came: Partial<T>;
    let progress: Progress = { phase: 'ready', fault: null };
    try {
      came = await read();
    } catch (error) {
      came = {};
      progress = { phase: 'failed', fault: faultOf(error) };
    }
    if (number !== this.#number) {
      return 'overtaken';
    }
    this.#put({ ...this.#state, ...came, ...progress });
    return progress.phase === 'ready' ? 'taken' : 'failed';
  }

  /** Puts down what is known otherwise than by reading. */
  set(change: Partial<T>): void {
    this.#put({ ...this.#state, ...change });
  }

  /** The same where what is being read now does not know of it. */
  know(change: Partial<T>): void {
    this.#number += 1;
    this.set(change);
  }

  #put(state: T & Progress): void {
    if (!this.#disposed) {
      this.#state = state;
      this.#changed.emit(state);
    }
  }

  #onUnlocked(): void {
    if (this.#options.isMeant(null)) {
      this.#options.again();
    }
  }

  readonly #options: Options<T>;
  readonly #unsubscribe: () => void;
  readonly #changed = new Signal<this, T & Progress>(this);
  #state: T & Progress;
  #number = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
}
