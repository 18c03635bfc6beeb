import { newId } from './ids.js';
import type { Fault } from './records.js';
import { EventParser, type ServerEvent } from './sse.js';

export type { ServerEvent };

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Repeating a change under the same key does it once. Made up for every change where it is left out. */
  readonly idempotencyKey?: string;
  /** Goes out also if the page is left, where the way allows that and the body is small. */
  readonly keepalive?: boolean;
}

/** The way to the owner. Paths are relative to `/api/v1`: `conversations/ID`. */
export interface Transport {
  /** The answer's JSON. Rejects with an `ApiError`. */
  request<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<T>;
  /** The events of a stream until it ends or `signal` aborts it. Throws an `ApiError` if it is refused or cut. */
  events(path: string, signal: AbortSignal): AsyncIterable<ServerEvent>;
}

/** What the owner, or the way to it, answered instead of a record. */
export class ApiError extends Error implements Fault {
  readonly code: string;
  readonly remedy: string;
  /** The ids of rules that ask before. */
  readonly rules?: readonly string[];
  /** The HTTP status; 0 where there was no answer at all. */
  readonly status: number;

  constructor(fault: { code: string; message: string; remedy?: string; status?: number; rules?: readonly string[] }) {
    super(fault.message);
    this.name = 'ApiError';
    this.code = fault.code;
    this.remedy = fault.remedy ?? '';
    this.status = fault.status ?? 0;
    if (fault.rules !== undefined) {
      this.rules = fault.rules;
    }
  }

  /** Whether the owner was not there, so that the same call may work in a moment. */
  get ownerAway(): boolean {
    return this.status === 0 || this.code === 'owner_unreachable' || this.code === 'owner_stopping';
  }
}

export interface HttpTransportOptions {
  /** Up to and including `/api/v1`. */
  readonly baseUrl: string;
  /** Sends the requests, where the page has its own way (`ServerConnection.makeRequest` in JupyterLab). */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait before each new attempt while the owner is away. */
  readonly retryDelaysMs?: readonly number[];
}

/** The owner's HTTP API. A call that finds the owner away (it is being started again) is repeated under its key. */
export class HttpTransport implements Transport {
  constructor(options: HttpTransportOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
    this.#headers = options.headers ?? {};
    this.#retryDelaysMs = options.retryDelaysMs ?? [200, 600, 1500];
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    options: RequestOptions = {}
  ): Promise<T> {
    const headers: Record<string, string> = { ...this.#headers, Accept: 'application/json' };
    if (method !== 'GET') {
      headers['Idempotency-Key'] = options.idempotencyKey ?? newId();
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const init: RequestInit = {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: options.signal ?? null,
      keepalive: options.keepalive ?? false
    };
    for (const delay of this.#retryDelaysMs) {
      try {
        return await this.#once<T>(path, init);
      } catch (error) {
        if (!(error instanceof ApiError && error.ownerAway)) {
          throw error;
        }
        await sleep(delay, options.signal);
      }
    }
    return this.#once<T>(path, init);
  }

  async *events(path: string, signal: AbortSignal): AsyncIterable<ServerEvent> {
    const response = await this.#send(path, {
      headers: { ...this.#headers, Accept: 'text/event-stream' },
      cache: 'no-store',
      signal
    });
    if (response.body === null) {
      return;
    }
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventParser();
    try {
      for (;;) {
        const piece = await reader.read();
        yield* parser.push(decoder.decode(piece.value, { stream: !piece.done }));
        if (piece.done) {
          yield* parser.end();
          return;
        }
      }
    } catch (error) {
      throw unreachable(error, signal);
    } finally {
      void reader.cancel().catch(() => undefined);
    }
  }

  async #once<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this.#send(path, init);
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw unreachable(error, init.signal);
    }
    if (text === '') {
      return undefined as T;
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      throw notOurs(response.status);
    }
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(`${this.#baseUrl}/${path}`, init);
    } catch (error) {
      throw unreachable(error, init.signal);
    }
    if (!response.ok) {
      throw await refusal(response);
    }
    return response;
  }

  readonly #baseUrl: string;
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #retryDelaysMs: readonly number[];
}

/** Whether `error` only says that somebody aborted the call. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** What the reader is told of `error`. */
export function toFault(error: unknown): Fault {
  if (error instanceof ApiError) {
    const { code, message, remedy, rules } = error;
    return rules === undefined ? { code, message, remedy } : { code, message, remedy, rules };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'error', message, remedy: 'Reload the page and try again.' };
}

/** Resolves after `ms`; rejects with an AbortError as soon as `signal` aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new DOMException('The wait was aborted.', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) {
      stop();
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** What `error` means. A page's own `fetch` may wrap the error of an abort: the signal tells. */
function unreachable(error: unknown, signal: AbortSignal | null | undefined): unknown {
  if (signal?.aborted === true) {
    return new DOMException('The call was aborted.', 'AbortError');
  }
  if (error instanceof ApiError) {
    return error;
  }
  return new ApiError({
    code: 'owner_unreachable',
    message: 'The workbench does not answer.',
    remedy: 'Check that Jupyter is still running, then try again.'
  });
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  try {
    const fault: unknown = JSON.parse(text);
    if (isFault(fault)) {
      return new ApiError({ ...fault, status: response.status });
    }
  } catch {
    // not JSON, so not the owner: the sentence below says what can be said
  }
  return notOurs(response.status);
}

function isFault(value: unknown): value is Fault {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'message' in value &&
    typeof value.code === 'string' &&
    typeof value.message === 'string'
  );
}

function notOurs(status: number): ApiError {
  if (status === 401 || status === 403) {
    return new ApiError({
      code: 'signed_out',
      message: 'You are no longer signed in.',
      remedy: 'Reload the page and sign in again.',
      status
    });
  }
  return new ApiError({
    code: status === 404 ? 'not_found' : 'owner_unreachable',
    message: `Something other than the workbench answered (HTTP ${status}).`,
    remedy: 'Check that the workbench is installed and switched on in this Jupyter server.',
    status
  });
}
