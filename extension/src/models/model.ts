import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { components } from '../api.js';
import type { Change, Download, Fault, Model } from '../chat/records.js';
import { ApiError } from '../chat/transport.js';
import { faultOf } from '../experiences/model.js';
import { type Progress, Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import type { ModelCorrection } from './corrections.js';
import type { RemoteModel } from './draft.js';
import type { FoundServer, Listing, NewProvider, Provider, ProviderChange, ProviderKey } from './providers.js';
import type { Service } from './services.js';

export type Check = components['schemas']['Check'];

interface Read {
  /** In the order they were added. */
  readonly models: readonly Model[];
  /** Which one is asked where no other is chosen; null: none can be. */
  readonly defaultId: string | null;
  /** Why none can be, though there are models. */
  readonly defaultFault: Fault | null;
  /** The remote ones, by name. */
  readonly providers: readonly Provider[];
  /** The providers that are known by name. */
  readonly services: readonly Service[];
  /** The servers of models on this machine. */
  readonly found: readonly FoundServer[];
  /** What a provider that was just added has, to be chosen from. */
  readonly choosing: Listing | null;
  /** How far the demo model is; null: not known yet. */
  readonly demo: Download | null;
}

export type ModelsState = Read & Progress;

/** How many times the progress of the demo model is said to who does not see it. */
const SAID_STEPS = 4;

/** The models that are set up, as fresh as the owner says. */
export class ModelsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: {
        models: [],
        providers: [],
        services: [],
        found: [],
        choosing: null,
        defaultId: null,
        defaultFault: null,
        demo: null
      },
      isMeant: change => this.#isMeant(change),
      again: () => void this.refresh()
    });
  }

  get state(): ModelsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, ModelsState> {
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
    this.#demoReading += 1;
    await this.#reading.take(async () => {
      const [models, providers, services, chosen, demo] = await Promise.all([
        this.#request<readonly Model[]>('GET', 'models'),
        this.#request<readonly Provider[]>('GET', 'providers'),
        this.#services(),
        this.#default(),
        this.#request<Download>('GET', 'models/demo')
      ]);
      const defaultFault = models.length === 0 ? null : chosen.defaultFault;
      const remote = providers.filter(each => each.kind !== 'local');
      return { models, providers: remote, services, demo, ...chosen, defaultFault };
    });
  }

  /** Adds a model of a server. Rejects with an `ApiError`. */
  async addRemote(remote: RemoteModel): Promise<Model> {
    return this.#add(await this.#request<Model>('POST', 'models/remote', remote));
  }

  /** Adds a GGUF file, which stays where it is. Rejects with an `ApiError`. */
  async addFile(path: string): Promise<Model> {
    return this.#add(await this.#request<Model>('POST', 'models/files', { path }));
  }

  /** Fetches the demo model, or goes on fetching it. Rejects with an `ApiError`. */
  async fetchDemo(): Promise<void> {
    this.#know(await this.#request<Download>('POST', 'models/demo'));
    await this.refresh(); // it is a model at once where its file is here still
  }

  /** Stops fetching the demo model; what has come is kept. Rejects with an `ApiError`. */
  async cancelDemo(): Promise<void> {
    this.#know(await this.#request<Download>('POST', 'models/demo/cancel'));
  }

  /** Rejects with an `ApiError`. */
  async setDefault(id: string): Promise<void> {
    const { id: defaultId } = await this.#request<Model>('PUT', 'models/default', { id });
    this.#reading.know({ defaultId, defaultFault: null });
  }

  /** Says of a model what is not as it is known. Rejects with an `ApiError`. */
  async correct(id: string, changes: ModelCorrection): Promise<Model> {
    const path = `models/${id.split('/').map(encodeURIComponent).join('/')}`;
    return this.#add(await this.#request<Model>('PATCH', path, changes));
  }

  /** Rejects with an `ApiError`. */
  async remove(id: string): Promise<void> {
    await this.#request('DELETE', `models/${id.split('/').map(encodeURIComponent).join('/')}`);
    this.#reading.set({ models: this.state.models.filter(each => each.id !== id) });
    await this.refresh();
  }

  /** Tries a model. Rejects with an `ApiError` that says what is wrong with it. */
  async check(id: string): Promise<Check> {
    return this.#request<Check>('POST', 'models/check', { id });
  }

  /** Looks for servers of models on this machine. Rejects with an `ApiError`. */
  async look(): Promise<readonly FoundServer[]> {
    const found = await this.#request<readonly FoundServer[]>('GET', 'providers/found');
    this.#reading.set({ found });
    return found;
  }

  /** Adds a server that was found; what to call it, and its models are there to be chosen. Rejects with an `ApiError`. */
  async addFound(server: FoundServer): Promise<string> {
    const taken = new Set(this.state.providers.map(each => each.name));
    let name = server.name;
    for (let number = 2; taken.has(name); number += 1) {
      name = `${server.name}-${number}`;
    }
    const wanted: NewProvider = { name, base_url: server.base_url, kind: 'openai', enabled: true, headers: {} };
    await this.#request('POST', 'providers', wanted);
    this.#reading.set({
      choosing: { provider: name, models: server.models, added: [], limits: [] },
      found: this.state.found.filter(each => each.base_url !== server.base_url)
    });
    await this.refresh();
    return name;
  }

  /** The provider's own list of models. Rejects with an `ApiError`. */
  async listModels(provider: string): Promise<Listing> {
    return this.#request<Listing>('GET', `${pathOf(provider)}/models`);
  }

  /** Adds models from a provider's own list, with the limits that it says. Rejects with an `ApiError`. */
  async addModels(provider: string, names: readonly string[]): Promise<void> {
    await this.#request('POST', `${pathOf(provider)}/models`, { names });
    await this.refresh();
  }

  /** Rejects with an `ApiError`. */
  async changeProvider(name: string, change: ProviderChange): Promise<void> {
    await this.#request('PATCH', pathOf(name), change);
    await this.refresh();
  }

  /** Rejects with an `ApiError`. */
  async setKey(name: string, key: ProviderKey): Promise<Provider> {
    const provider = await this.#request<Provider>('PUT', `${pathOf(name)}/key`, key);
    await this.refresh();
    return provider;
  }

  /** Rejects with an `ApiError`. */
  async removeKey(name: string): Promise<void> {
    await this.#request('DELETE', `${pathOf(name)}/key`);
    await this.refresh();
  }

  /** The id of the model that is the default now. Rejects with an `ApiError`. */
  async setDefaultProvider(name: string): Promise<string> {
    const { id } = await this.#request<Model>('PUT', `${pathOf(name)}/default`);
    await this.refresh();
    return id;
  }

  /** Rejects with an `ApiError`. */
  async removeProvider(name: string): Promise<void> {
    await this.#request('DELETE', pathOf(name));
    await this.refresh();
  }

  async #add(model: Model): Promise<Model> {
    await this.refresh();
    return model;
  }

  async #default(): Promise<Pick<ModelsState, 'defaultId' | 'defaultFault'>> {
    try {
      const { id } = await this.#request<Model>('GET', 'models/default');
      return { defaultId: id, defaultFault: null };
    } catch (error) {
      if (error instanceof ApiError && ['model_missing', 'provider_disabled'].includes(error.code)) {
        return { defaultId: null, defaultFault: faultOf(error) };
      }
      throw error;
    }
  }

  /** They stay the same for as long as the owner runs. */
  async #services(): Promise<readonly Service[]> {
    const { services } = this.state;
    return services.length > 0 ? services : this.#request<readonly Service[]>('GET', 'providers/known');
  }

  #know(demo: Download): void {
    this.#demoReading += 1;
    this.#reading.set({ demo });
  }

  /** A download changes often: then nothing else is read. */
  async #readDemo(): Promise<void> {
    const reading = (this.#demoReading += 1);
    try {
      const demo = await this.#request<Download>('GET', 'models/demo');
      if (reading === this.#demoReading) {
        this.#reading.set({ demo });
      }
    } catch {
      await this.refresh(); // says what is wrong
    }
  }

  #isMeant(change: Change | null): boolean {
    if (change?.noun === 'downloads') {
      void this.#readDemo();
    }
    return change === null || change.noun === 'models' || change.noun === 'providers';
  }

  #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#reading.request<T>(method, path, body);
  }

  readonly #reading: Reading<Read>;
  #demoReading = 0;
}

function pathOf(provider: string): string {
  return `providers/${encodeURIComponent(provider)}`;
}

/** How much of a download is there, in words' steps of a quarter; null where it is not known. */
export function quarter({ received_bytes, total_bytes }: Download): number | null {
  return total_bytes === null || total_bytes === 0
    ? null
    : Math.floor((Math.min(received_bytes, total_bytes) / total_bytes) * SAID_STEPS) * (100 / SAID_STEPS);
}
