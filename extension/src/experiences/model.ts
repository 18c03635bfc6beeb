import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { changesOf } from '../chat/changes.js';
import { newId } from '../chat/ids.js';
import type { Experience, Fault, Model } from '../chat/records.js';
import { ApiError } from '../chat/transport.js';
import type { Personality } from '../personalities/records.js';
import type { IOwner } from '../tokens.js';

export type Shelf = Experience['state'];

/** What a person says of an Experience. */
export interface Details {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly privacy: Experience['privacy'];
  /** The ids of the models that are asked where its own gives nothing, in this order. */
  readonly fallbacks: Experience['fallbacks'];
  readonly temperature: Experience['temperature'];
  readonly max_output_tokens: Experience['max_output_tokens'];
  /** The id of the personality that shapes the replies. */
  readonly personality: Experience['personality'];
}

export interface ExperiencesState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Those in every state, the one changed last first. */
  readonly all: readonly Experience[];
  readonly shelf: Shelf;
  readonly query: string;
  /** Why the list could not be read. */
  readonly fault: Fault | null;
}

export const LONGEST_NAME = 200;
export const LONGEST_CATEGORY = 100;
export const LONGEST_DESCRIPTION = 10_000;

/** Changes come in flocks: the list is read once they have settled. */
const SETTLE_MS = 60;

/** All Experiences, as fresh as the owner says. */
export class ExperiencesModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlock'>) {
    this.#owner = owner;
    this.#unsubscribe = changesOf(owner.transport).subscribe(change => {
      if (change === null || change.noun === 'experiences') {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => void this.refresh(), SETTLE_MS);
      }
    });
  }

  get state(): ExperiencesState {
    return this.#state;
  }

  get changed(): ISignal<this, ExperiencesState> {
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
      Signal.clearData(this);
    }
  }

  /** Reads the list again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    const reading = (this.#reading += 1);
    try {
      const all = await this.#owner.transport.request<readonly Experience[]>('GET', 'experiences?state=all');
      if (reading === this.#reading) {
        this.#set({ phase: 'ready', all, fault: null });
      }
    } catch (error) {
      if (reading === this.#reading) {
        this.#set({ phase: 'failed', fault: faultOf(error) });
      }
    }
  }

  show(shelf: Shelf): void {
    this.#set({ shelf });
  }

  search(query: string): void {
    this.#set({ query });
  }

  get(id: string): Experience | undefined {
    return this.#state.all.find(each => each.id === id);
  }

  /** Repeating it with the same `id` makes one Experience. Rejects with an `ApiError`. */
  create(details: Pick<Details, 'name'> & Partial<Details>, id: string = newId()): Promise<Experience> {
    return this.#change('POST', 'experiences', { id, ...details });
  }

  update(id: string, changes: Partial<Details>): Promise<Experience> {
    return this.#change('PATCH', `experiences/${id}`, changes);
  }

  /** The models that can be named as fallbacks; none where they cannot be read. */
  async models(): Promise<readonly Model[]> {
    try {
      return await this.#owner.transport.request<readonly Model[]>('GET', 'models');
    } catch {
      return [];
    }
  }

  /** The personalities that can be chosen; none where they cannot be read. */
  async personalities(): Promise<readonly Personality[]> {
    try {
      return await this.#owner.transport.request<readonly Personality[]>('GET', 'personalities');
    } catch {
      return [];
    }
  }

  /** The id of the model that answers where no other is chosen; null: there is none, or it cannot be read. */
  async defaultModel(): Promise<string | null> {
    try {
      return (await this.#owner.transport.request<Model>('GET', 'models/default')).id;
    } catch {
      return null;
    }
  }

  archive(id: string): Promise<Experience> {
    return this.#change('POST', `experiences/${id}/archive`);
  }

  unarchive(id: string): Promise<Experience> {
    return this.#change('POST', `experiences/${id}/unarchive`);
  }

  /** Into the trash, whence `restore` brings it back whole. */
  trash(id: string): Promise<Experience> {
    return this.#change('DELETE', `experiences/${id}`);
  }

  restore(id: string): Promise<Experience> {
    return this.#change('POST', `experiences/${id}/restore`);
  }

  /** Opens the store with its passphrase. Rejects with an `ApiError`. */
  async unlock(passphrase: string): Promise<void> {
    await this.#owner.unlock(passphrase);
    await this.refresh();
  }

  async #change(method: string, path: string, body?: unknown): Promise<Experience> {
    const changed = await this.#owner.transport.request<Experience>(method, path, body);
    this.#reading += 1; // a list that was asked for before does not know of this
    this.#set({ all: [changed, ...this.#state.all.filter(each => each.id !== changed.id)] });
    return changed;
  }

  #set(change: Partial<ExperiencesState>): void {
    if (!this.#disposed) {
      this.#state = { ...this.#state, ...change };
      this.#changed.emit(this.#state);
    }
  }

  readonly #owner: Pick<IOwner, 'transport' | 'unlock'>;
  readonly #unsubscribe: () => void;
  readonly #changed = new Signal<this, ExperiencesState>(this);
  #state: ExperiencesState = { phase: 'loading', all: [], shelf: 'active', query: '', fault: null };
  #reading = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
}

/** The Experiences of the shelf that is shown which have every word of the query, the one changed last first. */
export function shown(state: ExperiencesState): readonly Experience[] {
  const words = plain(state.query).split(/\s+/).filter(Boolean);
  return state.all
    .filter(each => each.state === state.shelf)
    .filter(each => {
      const text = plain(`${each.name} ${each.category} ${each.description}`);
      return words.every(word => text.includes(word));
    })
    .sort((one, other) => other.updated_at.localeCompare(one.updated_at));
}

export function count(state: ExperiencesState, shelf: Shelf): number {
  return state.all.filter(each => each.state === shelf).length;
}

/** The categories in use, the most frequent first, for suggestions. */
export function categories(all: readonly Experience[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const { category, state } of all) {
    if (category !== '' && state !== 'trashed') {
      uses.set(category, (uses.get(category) ?? 0) + 1);
    }
  }
  return [...uses].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([category]) => category);
}

export type NameProblem = 'empty' | 'long' | 'taken' | null;

/** What is wrong with a name before the owner is asked; `own` is the Experience that has it already. */
export function nameProblem(name: string, all: readonly Experience[], own?: string): NameProblem {
  const wanted = plain(name.trim());
  if (wanted === '') {
    return 'empty';
  }
  if (name.trim().length > LONGEST_NAME) {
    return 'long';
  }
  const taken = all.some(each => each.id !== own && each.state !== 'trashed' && plain(each.name) === wanted);
  return taken ? 'taken' : null;
}

/** What went wrong, as data. */
export function faultOf(error: unknown): Fault {
  if (error instanceof ApiError) {
    return { code: error.code, message: error.message, remedy: error.remedy };
  }
  return { code: 'error', message: error instanceof Error ? error.message : String(error), remedy: '' };
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
