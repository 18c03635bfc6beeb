import { Signal } from '@lumino/signaling';

import type { Experience } from '../src/chat/records.js';
import { ApiError, type ServerEvent, type Transport } from '../src/chat/transport.js';
import type { IOwner } from '../src/tokens.js';

/** An owner that answers from a table of `METHOD path`, and keeps what it was asked. */
export class StandInOwner implements IOwner {
  readonly asked: { readonly call: string; readonly body: unknown }[] = [];
  readonly answers = new Map<string, unknown>();
  readonly unlocked: Signal<IOwner, undefined> = new Signal<IOwner, undefined>(this);

  readonly transport: Transport = {
    request: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const call = `${method} ${path}`;
      this.asked.push({ call, body });
      const answer = this.answers.get(call);
      if (answer === undefined) {
        throw new ApiError({ code: 'not_found', message: `Nothing is at ${call}.`, status: 404 });
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return (isAnswering(answer) ? await answer(body) : answer) as T;
    },
    events: (_, signal) => this.#events(signal)
  };

  notebookPath(experienceId: string): Promise<string> {
    return Promise.resolve(`Experiences/${experienceId}.ipynb`);
  }

  async unlock(passphrase: string): Promise<void> {
    await this.transport.request('POST', 'unlock', { passphrase });
    this.unlocked.emit(undefined);
  }

  /** Says that something changed. */
  tell(change: Record<string, string>): void {
    this.#waiting?.({ event: 'change', data: JSON.stringify(change) });
  }

  async *#events(signal: AbortSignal): AsyncIterable<ServerEvent> {
    while (!signal.aborted) {
      yield await new Promise<ServerEvent>(resolve => {
        this.#waiting = resolve;
      });
    }
  }

  #waiting: ((event: ServerEvent) => void) | undefined;
}

function isAnswering(answer: unknown): answer is (body: unknown) => unknown {
  return typeof answer === 'function';
}

export function experience(name: string, other: Partial<Experience> = {}): Experience {
  return {
    id: `id of ${name}`,
    name,
    slug: name.toLowerCase(),
    description: '',
    category: '',
    privacy: 'private',
    state: 'active',
    model: null,
    fallbacks: [],
    temperature: null,
    max_output_tokens: null,
    personality: null,
    prompt: null,
    prompt_values: {},
    created_at: '2026-11-01T00:00:00Z',
    updated_at: '2026-11-01T00:00:00Z',
    revision: 1,
    trashed_at: null,
    ...other
  };
}
