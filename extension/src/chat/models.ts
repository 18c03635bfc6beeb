import type { Download, Measured, Model, Suggestion } from './records.js';
import { ApiError, sleep, type Transport } from './transport.js';

const DEMO_POLL_MS = 500;

/** What is known of the models. */
export interface Shelf {
  readonly models: readonly Model[];
  /** False until the models have been read once. */
  readonly modelsKnown: boolean;
  /** The model that answers wherever no other was chosen; null: none was chosen. */
  readonly defaultModel: Model | null;
  /** The demo model on its way; null: nobody asked for it. */
  readonly demo: Download | null;
}

/** The models that can be asked, the default among them, and the demo model on its way. */
export class Models {
  /** `changed` hears what is new. */
  constructor(transport: Transport, changed: (news: Partial<Shelf>) => void) {
    this.#transport = transport;
    this.#changed = changed;
  }

  async read(signal?: AbortSignal): Promise<void> {
    const options = signal === undefined ? {} : { signal };
    const [models, defaultModel] = await Promise.all([
      this.#transport.request<readonly Model[]>('GET', 'models', undefined, options),
      this.#transport
        .request<Model>('GET', 'models/default', undefined, options)
        .catch(noneChosen)
    ]);
    this.#changed({ models, defaultModel, modelsKnown: true });
  }

  /** How each model has done; none where that cannot be known. */
  async measured(): Promise<readonly Measured[]> {
    return this.#transport.request<readonly Measured[]>('GET', 'models/measured').catch(() => []);
  }

  /** The model that suits a question, in a conversation or a new one; null where that cannot be known. */
  async suggestion(text: string, conversationId: string | null): Promise<Suggestion | null> {
    const question = { text, conversation_id: conversationId };
    return this.#transport.request<Suggestion>('POST', 'models/suggestion', question).catch(() => null);
  }

  async chooseDefault(id: string): Promise<void> {
    const defaultModel = await this.#transport.request<Model>('PUT', 'models/default', { id });
    this.#changed({ defaultModel });
  }

  async addDemo(): Promise<void> {
    this.#changed({ demo: await this.#transport.request<Download>('POST', 'models/demo') });
    await this.followDemo();
  }

  async cancelDemo(): Promise<void> {
    this.#watch = null;
    this.#changed({ demo: await this.#transport.request<Download>('POST', 'models/demo/cancel') });
  }

  /** Watches the demo model arrive, whoever sent for it. */
  async followDemo(): Promise<void> {
    const watch = Symbol('the watch that counts; an older one ends');
    this.#watch = watch;
    let demo: Download;
    do {
      demo = await this.#transport.request<Download>('GET', 'models/demo');
      if (this.#watch !== watch) {
        return;
      }
      this.#changed({ demo });
      if (demo.state === 'running') {
        await sleep(DEMO_POLL_MS);
      }
    } while (demo.state === 'running');
    if (demo.state === 'complete') {
      await this.read();
    }
  }

  readonly #transport: Transport;
  readonly #changed: (news: Partial<Shelf>) => void;
  #watch: symbol | null = null;
}

function noneChosen(error: unknown): null {
  if (error instanceof ApiError && ['model_missing', 'provider_disabled', 'not_found'].includes(error.code)) {
    return null;
  }
  throw error;
}
