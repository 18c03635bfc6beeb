import { newId } from '../chat/ids.js';
import type { Fault } from '../chat/records.js';
import { ApiError, type RequestOptions, type ServerEvent, type Transport } from '../chat/transport.js';

/** A kernel that has not heard a call after so long is busy with something else. */
const BUSY_MS = 1000;
/** Jupyter's server closes a connection over which more than 10 MB come at once. */
const LARGEST_CALL = 8_000_000;

/** What a widget's model can do for us: anywidget's, or any that keeps to its shape. */
export interface Line {
  get(name: string): unknown;
  send(message: unknown): void;
  on(event: string, listener: (...told: never[]) => void): void;
  off(event: string, listener: (...told: never[]) => void): void;
}

/** What the kernel says to a call. */
export interface Letter {
  readonly call: string;
  /** It has been heard. */
  readonly taken?: boolean;
  /** The owner's answer: JSON, empty where it has none. */
  readonly answer?: string;
  /** The answer is compressed, and lies at this place among what is enclosed. */
  readonly enclosed?: number;
  readonly event?: readonly [name: string, data: string];
  readonly ended?: boolean;
  readonly fault?: Fault & { readonly status: number };
}

interface Call {
  readonly line: Line;
  readonly onLetter: (letter: Letter, enclosed: BufferSource | undefined) => void;
  readonly onGone: () => void;
  readonly busy: ReturnType<typeof setTimeout>;
}

/**
 * The owner's API by way of a kernel, where Jupyter's server has no way of its own.
 *
 * Several widgets may lend their lines; the first is used, and when it goes its calls are made again over the next.
 */
export class CommTransport implements Transport {
  /** `onBusy` is told when the kernel does not hear us, and when it does again. */
  constructor(onBusy: (busy: boolean) => void) {
    this.#onBusy = onBusy;
  }

  /** Lends a line. Returns the way to take it back. */
  lend(line: Line): () => void {
    const onMessage = ({ letters }: { letters?: readonly Letter[] }, enclosures: readonly BufferSource[]): void => {
      for (const letter of letters ?? []) {
        this.#receive(letter, enclosures);
      }
    };
    line.on('msg:custom', onMessage);
    this.#lines.push(line);
    return () => {
      line.off('msg:custom', onMessage);
      this.#drop(line);
    };
  }

  async request<T>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    const key = method === 'GET' ? undefined : (options.idempotencyKey ?? newId());
    if (JSON.stringify(body ?? null).length > LARGEST_CALL) {
      throw new ApiError({
        code: 'too_large',
        message: 'What goes with the question is too large to go through the kernel.',
        remedy: "Give less of it, or ask in JupyterLab's own chat.",
        status: 413
      });
    }
    for (;;) {
      const answer = await this.#ask({ kind: 'ask', method, path, body, key }, options.signal);
      if (answer !== GONE) {
        return (answer === '' ? undefined : JSON.parse(answer)) as T;
      }
    }
  }

  async *events(path: string, signal: AbortSignal): AsyncIterable<ServerEvent> {
    signal.throwIfAborted();
    const inbox = new Inbox();
    const id = this.#call(
      { kind: 'follow', path },
      letter => {
        inbox.put(letter);
      },
      () => {
        inbox.end(); // whoever listens opens it again, over another line if there is one
      }
    );
    const onAbort = (): void => {
      inbox.end();
    };
    signal.addEventListener('abort', onAbort);
    try {
      yield* inbox.events();
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#end(id, inbox.isOver ? 'done' : 'leave');
    }
  }

  /** One question and its one answer, as JSON. */
  #ask(message: object, signal: AbortSignal | undefined): Promise<string | typeof GONE> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = this.#call(
        message,
        (letter, enclosed) => {
          if (letter.taken === true) {
            return;
          }
          signal?.removeEventListener('abort', onAbort);
          this.#end(id, 'done');
          if (letter.fault !== undefined) {
            reject(new ApiError(letter.fault));
          } else if (enclosed !== undefined) {
            unpacked(enclosed).then(resolve, reject);
          } else {
            resolve(letter.answer ?? '');
          }
        },
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(GONE);
        }
      );
      const onAbort = (): void => {
        this.#end(id, 'leave');
        reject(new DOMException('The call was aborted.', 'AbortError'));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #call(message: object, onLetter: Call['onLetter'], onGone: Call['onGone']): string {
    const [line] = this.#lines;
    if (line === undefined) {
      throw new ApiError({
        code: 'kernel_gone',
        message: "This notebook's kernel has ended.",
        remedy: 'Run the cell again.',
        status: 410
      });
    }
    const id = newId();
    const busy = setTimeout(() => {
      this.#unheard.add(id);
      this.#tellBusy();
    }, BUSY_MS);
    this.#calls.set(id, { line, onLetter, onGone, busy });
    this.#send(line, { call: id, ...message });
    return id;
  }

  /** A kernel that has just ended has hung up, and its widget may hear of it later than we. */
  #send(line: Line, message: object): void {
    try {
      line.send(message);
    } catch {
      queueMicrotask(() => {
        this.#drop(line);
      });
    }
  }

  #drop(line: Line): void {
    this.#lines = this.#lines.filter(each => each !== line);
    for (const [id, call] of [...this.#calls]) {
      if (call.line === line) {
        this.#end(id, 'leave');
        call.onGone();
      }
    }
  }

  #receive(letter: Letter, enclosures: readonly BufferSource[]): void {
    const call = this.#calls.get(letter.call);
    if (call !== undefined) {
      this.#heard(letter.call, call);
      call.onLetter(letter, letter.enclosed === undefined ? undefined : enclosures[letter.enclosed]);
    }
  }

  #heard(id: string, call: Call): void {
    clearTimeout(call.busy);
    if (this.#unheard.delete(id)) {
      this.#tellBusy();
    }
  }

  #end(id: string, how: 'done' | 'leave'): void {
    const call = this.#calls.get(id);
    if (call !== undefined) {
      this.#calls.delete(id);
      this.#heard(id, call);
      if (how === 'leave') {
        this.#send(call.line, { call: id, kind: 'leave' });
      }
    }
  }

  #tellBusy(): void {
    this.#onBusy(this.#unheard.size > 0);
  }

  readonly #onBusy: (busy: boolean) => void;
  readonly #calls = new Map<string, Call>();
  readonly #unheard = new Set<string>();
  #lines: Line[] = [];
}

/** A stream's events between their arrival and their reading. */
class Inbox {
  /** Whether the kernel itself has ended the stream. */
  isOver = false;

  put(letter: Letter): void {
    if (letter.event !== undefined) {
      this.#events.push({ event: letter.event[0], data: letter.event[1] });
    } else if (letter.fault !== undefined) {
      this.#fault = new ApiError(letter.fault);
    }
    if (letter.fault !== undefined || letter.ended === true) {
      this.isOver = true;
      this.#ended = true;
    }
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *events(): AsyncIterable<ServerEvent> {
    for (;;) {
      const next = this.#events.shift();
      if (next !== undefined) {
        yield next;
      } else if (this.#fault !== null) {
        throw this.#fault;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
      }
    }
  }

  readonly #events: ServerEvent[] = [];
  #ended = false;
  #fault: ApiError | null = null;
  #wake: () => void = () => undefined;
}

const GONE = Symbol('the line went before the answer came');

async function unpacked(enclosed: BufferSource): Promise<string> {
  const stream = new Blob([enclosed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}
