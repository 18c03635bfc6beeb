import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

import { HttpTransport, type Transport } from '../chat/transport.js';
import type { IOwner } from '../tokens.js';
import { VisibleTransport } from './visible.js';

/** The owner as Jupyter's server passes it through: signed in, and never across origins. */
export class LabOwner implements IOwner {
  readonly transport: Transport;

  constructor(settings: ServerConnection.ISettings) {
    const send = (url: string, init: RequestInit): Promise<Response> => request(url, init, settings);
    const root = URLExt.join(settings.baseUrl, 'workbench');
    this.transport = new VisibleTransport(new HttpTransport({ baseUrl: URLExt.join(root, 'api/v1'), fetch: send }));
    this.#beside = new HttpTransport({ baseUrl: root, fetch: send });
  }

  async notebookPath(experienceId: string): Promise<string> {
    const place = await this.#beside.request<{ path: string }>('POST', 'notebook', {
      experience_id: experienceId
    });
    return place.path;
  }

  get unlocked(): ISignal<this, undefined> {
    return this.#unlocked;
  }

  async unlock(passphrase: string): Promise<void> {
    await this.transport.request('POST', 'unlock', { passphrase });
    this.#unlocked.emit(undefined);
  }

  /** The server extension's own routes. */
  readonly #beside: Transport;
  readonly #unlocked = new Signal<this, undefined>(this);
}

/** Jupyter's request, with an aborted one said to be aborted: it calls each fault of the network by one name. */
async function request(
  url: string,
  init: RequestInit,
  settings: ServerConnection.ISettings
): Promise<Response> {
  try {
    return await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw error;
  }
}
