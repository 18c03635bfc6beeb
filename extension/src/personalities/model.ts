import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { ServerEvent } from '../chat/sse.js';
import type { Experience, Message, Model } from '../chat/records.js';
import { Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import { characterOf, type Draft } from './draft.js';
import type {
  Character,
  PersonalitiesState,
  Personality,
  PersonalityDifference,
  PersonalityTemplate,
  PersonalityVersion,
  Read,
  Said,
  VersionFigures
} from './records.js';

const READ_ANEW = ['personalities', 'experiences', 'models', 'owner'];

/** The personalities there are, those that are shipped, and where they are used. What is asked rejects with an `ApiError`. */
export class PersonalitiesModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#owner = owner;
    this.#reading = new Reading<Read>({
      owner,
      empty: { personalities: [], trashed: [], templates: [], experiences: [], models: [] },
      isMeant: change => change === null || READ_ANEW.includes(change.noun),
      again: () => void this.refresh()
    });
  }

  get state(): PersonalitiesState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, PersonalitiesState> {
    return this.#reading.changed;
  }

  get isDisposed(): boolean {
    return this.#reading.isDisposed;
  }

  dispose(): void {
    this.#reading.dispose();
  }

  /** Reads everything again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    await this.#reading.take(async () => {
      const { templates: known } = this.state;
      const [all, templates, experiences, models] = await Promise.all([
        this.#reading.request<readonly Personality[]>('GET', 'personalities?state=all'),
        known.length > 0 ? known : this.#reading.request<readonly PersonalityTemplate[]>('GET', 'personalities/templates'),
        this.#reading.request<readonly Experience[]>('GET', 'experiences'),
        this.#reading.request<readonly Model[]>('GET', 'models')
      ]);
      const personalities = all.filter(each => each.state === 'active');
      const trashed = all.filter(each => each.state === 'trashed');
      return { personalities, trashed, templates, experiences, models };
    });
  }

  /** Makes one of a shipped one. */
  take(template: string): Promise<Personality> {
    return this.#change('POST', 'personalities', { template });
  }

  create(draft: Draft): Promise<Personality> {
    const { name, description } = draft;
    return this.#change('POST', 'personalities', { name, description, character: characterOf(draft) });
  }

  /** Saves what was made of `before`; one that was changed elsewhere meanwhile is left. */
  save(before: Personality, draft: Draft, note: string): Promise<Personality> {
    const { name, description } = draft;
    const body = { name, description, character: characterOf(draft), note, revision: before.revision };
    return this.#change('PATCH', `personalities/${before.id}`, body);
  }

  rollBack({ id, revision }: Personality, version: number): Promise<Personality> {
    return this.#change('POST', `personalities/${id}/roll-back`, { version, revision });
  }

  remove(id: string): Promise<Personality> {
    return this.#change('DELETE', `personalities/${id}`);
  }

  restore(id: string): Promise<Personality> {
    return this.#change('POST', `personalities/${id}/restore`);
  }

  versions(id: string): Promise<readonly PersonalityVersion[]> {
    return this.#reading.request('GET', `personalities/${id}/versions`);
  }

  /** How the replies were that each version shaped. */
  figures(id: string): Promise<readonly VersionFigures[]> {
    return this.#reading.request('GET', `personalities/${id}/figures`);
  }

  difference(id: string, before: number, after: number): Promise<PersonalityDifference> {
    return this.#reading.request('GET', `personalities/${id}/difference?before=${before}&after=${after}`);
  }

  /** Lets it shape the replies of an Experience, which is shown at once; null: no personality does. */
  async use(experience: Experience, personality: string | null): Promise<void> {
    const experiences = this.state.experiences.map(each =>
      each.id === experience.id ? { ...each, personality } : each
    );
    this.#reading.know({ experiences });
    try {
      await this.#reading.request('PATCH', `experiences/${experience.id}`, { personality });
    } finally {
      await this.refresh();
    }
  }

  /** A character in words. */
  async render(character: Character): Promise<string> {
    return (await this.#reading.request<{ text: string }>('POST', 'personalities/render', character)).text;
  }

  /** Asks for a reply that is not kept. */
  beginPreview(character: Character, turns: readonly Said[], model: string | null): Promise<Message> {
    return this.#reading.request('POST', 'previews', { character, turns, model });
  }

  followPreview(id: string, signal: AbortSignal): AsyncIterable<ServerEvent> {
    return this.#owner.transport.events(`previews/${id}/stream`, signal);
  }

  async stopPreview(id: string): Promise<void> {
    await this.#reading.request('POST', `previews/${id}/stop`);
  }

  async #change(method: string, path: string, body?: unknown): Promise<Personality> {
    try {
      return await this.#reading.request<Personality>(method, path, body);
    } finally {
      await this.refresh();
    }
  }

  readonly #owner: Pick<IOwner, 'transport' | 'unlocked'>;
  readonly #reading: Reading<Read>;
}
