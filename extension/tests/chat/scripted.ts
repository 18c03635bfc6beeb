import type {
  Conversation,
  Experience,
  Message,
  Model
} from '../../src/chat/records.js';
import type { RequestOptions, ServerEvent, Transport } from '../../src/chat/transport.js';

const NOW = '2026-11-23T10:00:00Z';

export function newMessage(fields: Partial<Message> = {}): Message {
  return {
    id: 'm',
    conversation_id: 'c',
    experience_id: 'e',
    parent_id: null,
    author: 'user',
    text: '',
    reasoning: '',
    status: 'complete',
    fault: null,
    model: null,
    model_name: null,
    provider: null,
    verified: true,
    personality: null,
    prompt: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    first_token_ms: null,
    total_ms: null,
    attachments: [],
    tried: [],
    unsent: [],
    merged_from: [],
    rating: null,
    rating_note: '',
    created_at: NOW,
    updated_at: NOW,
    ...fields
  };
}

export function newConversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c',
    experience_id: 'e',
    title: 'A title',
    head_id: null,
    personality: null,
    prompt: null,
    prompt_values: {},
    message_count: 0,
    created_at: NOW,
    updated_at: NOW,
    revision: 1,
    ...fields
  };
}

export const EXPERIENCE: Experience = {
  id: 'e',
  name: 'Astronomy',
  slug: 'astronomy',
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
  created_at: NOW,
  updated_at: NOW,
  revision: 1,
  trashed_at: null
};

export const MODEL: Model = {
  id: 'local/luna',
  name: 'Luna 1B',
  provider: 'local',
  kind: 'local',
  verified: true,
  demo: false,
  available: true,
  unavailable_reason: '',
  context_tokens: null,
  size_bytes: null,
  sees: false,
  max_output_tokens: null,
  tools: null,
  reasoning: null,
  pdf: null,
  temperature: null,
  deprecated_on: null,
  ended: false,
  input_usd_per_million: null,
  cached_usd_per_million: null,
  output_usd_per_million: null,
  dearer_above_tokens: null,
  priced_by: '',
  priced_on: null,
  corrected: []
};

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string | undefined;
}

type Answer = (request: Request) => unknown;

/** A way to an owner that answers as a test says: `answers['POST conversations']`, ids as `*`. */
export class ScriptedTransport implements Transport {
  readonly requests: Request[] = [];
  readonly streams: Stream[] = [];

  constructor(answers: Record<string, Answer>) {
    this.answers = answers;
  }

  readonly answers: Record<string, Answer>;

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    options: RequestOptions = {}
  ): Promise<T> {
    const request = { method, path, body, key: options.idempotencyKey };
    this.requests.push(request);
    const name = `${method} ${path.split('?')[0] ?? ''}`;
    const answer =
      this.answers[name] ??
      Object.entries(this.answers).find(([pattern]) => matches(pattern, name))?.[1];
    if (answer === undefined) {
      throw new Error(`no answer to ${name}`);
    }
    return (await answer(request)) as T;
  }

  events(path: string, signal: AbortSignal): AsyncIterable<ServerEvent> {
    const stream = new Stream(path, signal);
    this.streams.push(stream);
    return stream;
  }

  /** The last stream of `path` that was opened. */
  stream(path: string): Stream {
    const found = this.streams.findLast(each => each.path === path);
    if (found === undefined) {
      throw new Error(`${path} was not opened`);
    }
    return found;
  }

  /** The requests whose method and path fit `pattern`. */
  made(pattern: string): Request[] {
    return this.requests.filter(each => matches(pattern, `${each.method} ${each.path}`));
  }
}

/** An open stream; the test says what comes. */
export class Stream implements AsyncIterable<ServerEvent> {
  constructor(
    readonly path: string,
    readonly signal: AbortSignal
  ) {
    signal.addEventListener('abort', () => {
      this.#push({ error: new DOMException('aborted', 'AbortError') });
    });
  }

  send(event: string, data: unknown): void {
    this.#push({ value: { event, data: JSON.stringify(data) } });
  }

  end(): void {
    this.#push({ done: true });
  }

  fail(error: Error): void {
    this.#push({ error });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerEvent> {
    for (;;) {
      while (this.#queue.length === 0) {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
      }
      const next = this.#queue.shift();
      if (next?.error !== undefined) {
        throw next.error;
      }
      if (next?.value === undefined) {
        return;
      }
      yield next.value;
    }
  }

  #push(item: { value?: ServerEvent; error?: Error; done?: true }): void {
    this.#queue.push(item);
    this.#wake();
  }

  readonly #queue: { value?: ServerEvent; error?: Error; done?: true }[] = [];
  #wake: () => void = () => undefined;
}

function matches(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/?]+');
  return new RegExp(`^${escaped}(\\?.*)?$`).test(name);
}
