import type { SavedDraft } from './records.js';
import type { Transport } from './transport.js';

/** How long nothing is typed before what is written is saved. */
const QUIET_MS = 1000;
/** A page that goes away can send so many characters after it: browsers allow 64 kB. */
const LAST_WORDS = 16_000;

/**
 * What is written and not sent in each place: `conversations/ID`, or `experiences/ID` for a new conversation.
 *
 * It lives here, and the owner keeps a copy for the next page. Typing never waits for that, and nobody is told where it
 * fails: the next key tries again.
 */
export class Drafts {
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(place: string): string {
    return this.#texts.get(place) ?? '';
  }

  /** Takes in what is written; it is saved once its writer pauses. */
  write(place: string, text: string): void {
    this.#texts.set(place, text);
    this.#changed.set(place, true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.save();
    }, QUIET_MS);
  }

  /** Empties a place whose text is on its way to the owner, which keeps its copy until that has arrived. */
  send(place: string): void {
    this.#texts.set(place, '');
    this.#changed.set(place, false);
  }

  /** What was sent from a place has arrived. */
  sent(place: string): void {
    if (this.#changed.get(place) === false) {
      this.write(place, '');
    }
  }

  /** Saves at once what is not saved yet; a newer text ends the saving of an older one. */
  save(): void {
    clearTimeout(this.#timer);
    this.#saving.abort();
    this.#saving = new AbortController();
    for (const [place, isWritten] of this.#changed) {
      if (isWritten) {
        void this.#save(place, this.#saving.signal).catch(() => undefined);
      }
    }
  }

  /** Takes in what the owner has, perhaps from another page; what is written here meanwhile stays. */
  async read(place: string): Promise<void> {
    const before = this.#texts.get(place);
    if (this.#changed.has(place)) {
      return;
    }
    const { text } = await this.#transport.request<SavedDraft>('GET', `${place}/draft`);
    if (!this.#changed.has(place) && this.#texts.get(place) === before) {
      this.#texts.set(place, text);
      this.#saved.set(place, text);
    }
  }

  async #save(place: string, signal: AbortSignal): Promise<void> {
    const text = this.get(place);
    if (text !== this.#saved.get(place)) {
      const options = { signal, keepalive: text.length < LAST_WORDS };
      this.#saved.delete(place); // until it is answered, nobody knows
      await this.#transport.request('PUT', `${place}/draft`, { text }, options);
      this.#saved.set(place, text);
    }
    if (this.get(place) === text && this.#changed.get(place) === true) {
      this.#changed.delete(place);
    }
  }

  readonly #transport: Transport;
  readonly #texts = new Map<string, string>();
  /** What the owner is known to have. */
  readonly #saved = new Map<string, string>();
  /** Where something else is written than is saved; false: it was sent, and has not arrived. */
  readonly #changed = new Map<string, boolean>();
  #saving = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
}
