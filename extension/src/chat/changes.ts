import type { Change } from './records.js';
import { isAbort, sleep, type Transport } from './transport.js';

/** Hears each change; null: some may have been missed, so read again what is shown. */
export type ChangeListener = (change: Change | null) => void;

/** The owner's stream of changes, read once for all who listen on a page. */
export class ChangeFeed {
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns the way to stop listening. The stream is open while somebody listens. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    if (this.#reading === null) {
      this.#reading = new AbortController();
      void this.#read(this.#reading.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        this.#reading?.abort();
        this.#reading = null;
      }
    };
  }

  async #read(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        for await (const event of this.#transport.events('events', signal)) {
          failures = 0;
          if (event.event === 'change') {
            this.#tell(JSON.parse(event.data) as Change);
          }
        }
      } catch (error) {
        if (isAbort(error)) {
          return;
        }
        failures += 1; // whatever it was, the only answer is to listen again later
      }
      try {
        await sleep(Math.min(1000 * 2 ** failures, 30_000), signal);
      } catch {
        return;
      }
      this.#tell(null);
    }
  }

  #tell(change: Change | null): void {
    for (const listener of [...this.#listeners]) {
      listener(change);
    }
  }

  readonly #transport: Transport;
  readonly #listeners = new Set<ChangeListener>();
  #reading: AbortController | null = null;
}

const feeds = new WeakMap<Transport, ChangeFeed>();

/** The one feed of `transport`: a browser allows few open streams to a server, and each page needs one of these. */
export function changesOf(transport: Transport): ChangeFeed {
  let feed = feeds.get(transport);
  if (feed === undefined) {
    feed = new ChangeFeed(transport);
    feeds.set(transport, feed);
  }
  return feed;
}
