import type { Message } from './records.js';
import { ApiError, isAbort, sleep, type Transport } from './transport.js';

/** How long tokens are gathered before they are shown. */
const BATCH_MS = 30;
const LONGEST_WAIT_MS = 5000;

/** What the one who follows a reply is told. */
export interface ReplyListener {
  /** All of it as it stands; the last time, as it ended. */
  onMessage(message: Message): void;
  /** More of it, to be appended. */
  onPiece(piece: Required<Piece>): void;
  /** Nothing arrives for a while; `why` is a sentence. */
  onWaiting(why: string): void;
  /** The way to the reply was lost, or found again. The reply goes on meanwhile. */
  onConnection(connection: 'live' | 'lost'): void;
}

/**
 * Follows the reply `id` until it ends or `signal` aborts, over as many connections as that takes.
 *
 * Rejects with an `ApiError` where the owner itself refuses.
 */
export async function followReply(
  transport: Transport,
  id: string,
  listener: ReplyListener,
  signal: AbortSignal
): Promise<void> {
  const batch = new Batch(piece => {
    listener.onPiece(piece);
  });
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of transport.events(`messages/${id}/stream`, signal)) {
        if (failures > 0) {
          listener.onConnection('live');
        }
        failures = 0;
        if (event.event === 'delta') {
          batch.add(JSON.parse(event.data) as Piece);
        } else if (event.event === 'waiting') {
          listener.onWaiting((JSON.parse(event.data) as { message: string }).message);
        } else if (event.event === 'snapshot' || event.event === 'done') {
          batch.drop();
          listener.onMessage(JSON.parse(event.data) as Message);
        }
        if (event.event === 'done') {
          return;
        }
      }
    } catch (error) {
      if (isAbort(error)) {
        break;
      }
      if (error instanceof ApiError && !error.ownerAway) {
        batch.flush();
        throw error;
      }
    }
    batch.flush();
    if (failures > 0) {
      listener.onConnection('lost');
    }
    const wait = Math.min(250 * 2 ** failures, LONGEST_WAIT_MS);
    failures += 1;
    await sleep(wait, signal).catch(() => undefined); // aborted: the loop ends
  }
  batch.drop();
}

/** What arrives of a reply at a time. */
export interface Piece {
  readonly text?: string;
  readonly reasoning?: string;
}

/** Gathers the pieces of a stream: the first is handed on at once, then what came in each `BATCH_MS`. */
class Batch {
  constructor(deliver: (piece: Required<Piece>) => void) {
    this.#deliver = deliver;
  }

  add(piece: Piece): void {
    this.#text += piece.text ?? '';
    this.#reasoning += piece.reasoning ?? '';
    const wait = this.#last + BATCH_MS - performance.now();
    if (wait <= 0) {
      this.flush();
    } else {
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, wait);
    }
  }

  flush(): void {
    const piece = { text: this.#text, reasoning: this.#reasoning };
    this.drop();
    if (piece.text !== '' || piece.reasoning !== '') {
      this.#last = performance.now();
      this.#deliver(piece);
    }
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#text = '';
    this.#reasoning = '';
  }

  readonly #deliver: (piece: Required<Piece>) => void;
  #text = '';
  #reasoning = '';
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
}
