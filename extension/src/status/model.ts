import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { changesOf } from '../chat/changes.js';
import type { Model } from '../chat/records.js';
import { ApiError } from '../chat/transport.js';
import type { IOwner } from '../tokens.js';

/** How the workbench is, in as many words as a status bar has. */
export type Standing =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly model: string }
  | { readonly kind: 'no-model' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Follows how the workbench is: read anew whenever the owner says that its models changed, or comes back. */
export class StatusModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#owner = owner;
    owner.unlocked.connect(this.#onUnlocked, this);
    this.#unsubscribe = changesOf(owner.transport).subscribe(change => {
      if (change === null || change.noun === 'models' || this.#standing.kind === 'unreachable') {
        void this.refresh();
      }
    });
  }

  get standing(): Standing {
    return this.#standing;
  }

  get changed(): ISignal<this, Standing> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (!this.#disposed) {
      this.#disposed = true;
      this.#unsubscribe();
      Signal.clearData(this);
    }
  }

  async refresh(): Promise<void> {
    let standing: Standing;
    try {
      const { locked } = await this.#owner.transport.request<{ locked: boolean }>('GET', 'status');
      standing = locked ? { kind: 'locked' } : await this.#answering();
    } catch (error) {
      standing = { kind: 'unreachable', why: error instanceof ApiError ? error.message : String(error) };
    }
    if (!this.#disposed) {
      this.#standing = standing;
      this.#changed.emit(standing);
    }
  }

  async #answering(): Promise<Standing> {
    try {
      const model = await this.#owner.transport.request<Model>('GET', 'models/default');
      return { kind: 'ready', model: model.name };
    } catch (error) {
      const none = ['model_missing', 'provider_disabled'];
      if (error instanceof ApiError && (none.includes(error.code) || error.status === 404)) {
        return { kind: 'no-model' };
      }
      throw error;
    }
  }

  #onUnlocked(): void {
    void this.refresh();
  }

  readonly #owner: Pick<IOwner, 'transport' | 'unlocked'>;
  readonly #unsubscribe: () => void;
  readonly #changed = new Signal<this, Standing>(this);
  #standing: Standing = { kind: 'starting' };
  #disposed = false;
}
