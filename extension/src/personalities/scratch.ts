import type { Fault, Message } from '../chat/records.js';
import { isAbort } from '../chat/transport.js';
import { faultOf } from '../experiences/model.js';
import type { PersonalitiesModel } from './model.js';
import type { Character, Said } from './records.js';

/** A scratch chat as it stands. */
export interface ScratchState {
  readonly said: readonly Said[];
  /** What has arrived of the reply that runs; null: none does. */
  readonly arriving: string | null;
  /** Why nothing arrives for a while. */
  readonly waiting: string;
  readonly fault: Fault | null;
  /** The reply that ended last. */
  readonly last: Message | null;
}

export const EMPTY: ScratchState = { said: [], arriving: null, waiting: '', fault: null, last: null };

/** Asks with what is written in the fields, and keeps what was said until it is cleared. */
export class Scratch {
  constructor(personalities: PersonalitiesModel, changed: (state: ScratchState) => void) {
    this.#personalities = personalities;
    this.#changed = changed;
  }

  get state(): ScratchState {
    return this.#state;
  }

  /** Asks, unless a reply runs. */
  async ask(question: string, character: Character, model: string | null): Promise<void> {
    if (this.#state.arriving !== null || question.trim() === '') {
      return;
    }
    const said: readonly Said[] = [...this.#state.said, { author: 'user', text: question.trim() }];
    this.#put({ ...EMPTY, said, arriving: '' });
    this.#following = new AbortController();
    const { signal } = this.#following;
    try {
      const { id } = await this.#personalities.beginPreview(character, said, model);
      this.#id = id;
      for await (const event of this.#personalities.followPreview(id, signal)) {
        this.#take(event.event, JSON.parse(event.data));
      }
    } catch (error) {
      if (!isAbort(error)) {
        this.#put({ ...this.#state, arriving: null, fault: faultOf(error) });
      }
    } finally {
      this.#id = null;
    }
  }

  /** Ends the reply that runs; what has arrived stays. */
  async stop(): Promise<void> {
    if (this.#id !== null) {
      await this.#personalities.stopPreview(this.#id);
    }
  }

  /** Begins again from nothing. */
  clear(): void {
    const running = this.#id;
    this.#following?.abort();
    if (running !== null) {
      void this.#personalities.stopPreview(running).catch(() => undefined); // it ends by itself
    }
    this.#put(EMPTY);
  }

  #take(name: string, data: unknown): void {
    const { arriving, said } = this.#state;
    if (name === 'delta') {
      const { text = '' } = data as { text?: string };
      this.#put({ ...this.#state, arriving: (arriving ?? '') + text, waiting: '' });
    } else if (name === 'snapshot') {
      this.#put({ ...this.#state, arriving: (data as Message).text });
    } else if (name === 'waiting') {
      this.#put({ ...this.#state, waiting: (data as { message: string }).message });
    } else if (name === 'done') {
      const last = data as Message;
      const replied: readonly Said[] = last.text === '' ? [] : [{ author: 'assistant', text: last.text }];
      this.#put({ ...EMPTY, said: [...said, ...replied], fault: last.fault, last });
    }
  }

  #put(state: ScratchState): void {
    this.#state = state;
    this.#changed(state);
  }

  readonly #personalities: PersonalitiesModel;
  readonly #changed: (state: ScratchState) => void;
  #state = EMPTY;
  #id: string | null = null;
  #following: AbortController | null = null;
}
