import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { Experience, Model } from '../chat/records.js';
import { Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import type {
  Content,
  Figures,
  Linted,
  Prompt,
  PromptDifference,
  PromptPreview,
  PromptsState,
  PromptTemplate,
  PromptVersion,
  Read,
  Values
} from './records.js';

const NOUNS = new Set(['prompts', 'experiences', 'models', 'owner']);

/** The library of prompts, read anew whenever it changes. What it does rejects with an `ApiError`. */
export class PromptsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: { prompts: [], templates: [], experiences: [], models: [] },
      isMeant: change => change === null || NOUNS.has(change.noun),
      again: () => void this.refresh()
    });
  }

  get state(): PromptsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, PromptsState> {
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
      const [prompts, templates, experiences, models] = await Promise.all([
        this.#reading.request<readonly Prompt[]>('GET', 'prompts'),
        this.#reading.request<readonly PromptTemplate[]>('GET', 'prompts/templates'),
        this.#reading.request<readonly Experience[]>('GET', 'experiences'),
        this.#reading.request<readonly Model[]>('GET', 'models')
      ]);
      return { prompts, templates, experiences, models };
    });
  }

  create(content: Content): Promise<Prompt> {
    return this.#change('POST', 'prompts', content);
  }

  /** Makes one of a template. */
  take(template: string): Promise<Prompt> {
    return this.#change('POST', 'prompts', { template });
  }

  /** Changes one as it was read: one that was changed elsewhere meanwhile is left. */
  save({ id, revision }: Prompt, content: Content, note: string): Promise<Prompt> {
    return this.#change('PATCH', `prompts/${id}`, { ...content, note, revision });
  }

  duplicate(id: string): Promise<Prompt> {
    return this.#change('POST', `prompts/${id}/duplicate`, {});
  }

  rollBack({ id, revision }: Prompt, version: number): Promise<Prompt> {
    return this.#change('POST', `prompts/${id}/roll-back`, { version, revision });
  }

  remove(id: string): Promise<Prompt> {
    return this.#change('DELETE', `prompts/${id}`);
  }

  restore(id: string): Promise<Prompt> {
    return this.#change('POST', `prompts/${id}/restore`);
  }

  versions(id: string): Promise<readonly PromptVersion[]> {
    return this.#reading.request('GET', `prompts/${id}/versions`);
  }

  difference(id: string, before: number, after: number): Promise<PromptDifference> {
    return this.#reading.request('GET', `prompts/${id}/difference?before=${before}&after=${after}`);
  }

  figures(id: string): Promise<readonly Figures[]> {
    return this.#reading.request('GET', `prompts/${id}/figures`);
  }

  /** What is to be said of what is written; its length is compared with a model's window. */
  lint({ name, text, variables }: Content, model: string | null): Promise<Linted> {
    return this.#reading.request('POST', 'prompts/lint', { name, text, variables: named(variables), model });
  }

  preview({ name, text, variables }: Content, values: Values): Promise<PromptPreview> {
    return this.#reading.request('POST', 'prompts/preview', { name, text, variables: named(variables), values });
  }

  /** Makes it the system prompt of an Experience; null: it has none from then on. */
  async use(experience: Experience, prompt: Prompt | null, values: Values): Promise<void> {
    const change = { prompt: prompt?.id ?? null, prompt_values: prompt === null ? {} : values };
    try {
      await this.#reading.request('PATCH', `experiences/${experience.id}`, change);
    } finally {
      await this.refresh();
    }
  }

  async #change(method: string, path: string, body?: unknown): Promise<Prompt> {
    try {
      return await this.#reading.request<Prompt>(method, path, body);
    } finally {
      await this.refresh();
    }
  }

  readonly #reading: Reading<Read>;
}

/** Those that have a name: one that is being added has none yet. */
function named(variables: Content['variables']): Content['variables'] {
  return variables.filter(each => each.name.trim() !== '');
}
