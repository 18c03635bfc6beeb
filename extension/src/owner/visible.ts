import type { RequestOptions, ServerEvent, Transport } from '../chat/transport.js';

/**
 * A transport that listens for changes only while its page is seen.
 *
 * A browser has six connections for a server and all its tabs: as many JupyterLabs left open in the background, each
 * with a stream, would leave none for the one that is looked at. A stream ends when the page is hidden; when the page is
 * seen again it ends once more, at once, so that whoever listens reads again what may have changed.
 */
export class VisibleTransport implements Transport {
  constructor(transport: Transport, page: Document = document) {
    this.#transport = transport;
    this.#page = page;
  }

  request<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
    return this.#transport.request<T>(method, path, body, options);
  }

  async *events(path: string, signal: AbortSignal): AsyncIterable<ServerEvent> {
    if (path !== 'events') {
      yield* this.#transport.events(path, signal);
      return;
    }
    if (this.#page.hidden) {
      await this.#seen(signal);
      return;
    }
    const hidden = new AbortController();
    const onChange = (): void => {
      if (this.#page.hidden) {
        hidden.abort();
      }
    };
    this.#page.addEventListener('visibilitychange', onChange);
    try {
      yield* this.#transport.events(path, AbortSignal.any([signal, hidden.signal]));
    } catch (error) {
      if (!hidden.signal.aborted || signal.aborted) {
        throw error;
      }
    } finally {
      this.#page.removeEventListener('visibilitychange', onChange);
    }
  }

  /** Resolves when the page is seen; rejects with an AbortError when `signal` aborts. */
  #seen(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = new AbortController();
      this.#page.addEventListener(
        'visibilitychange',
        () => {
          if (!this.#page.hidden) {
            end.abort();
            resolve();
          }
        },
        { signal: end.signal }
      );
      signal.addEventListener(
        'abort',
        () => {
          end.abort();
          reject(new DOMException('Nobody listens any more.', 'AbortError'));
        },
        { signal: end.signal }
      );
    });
  }

  readonly #transport: Transport;
  readonly #page: Document;
}
