// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError, type ServerEvent } from '../../src/chat/transport.js';
import { CommTransport, type Letter, type Line } from '../../src/widget/comm.js';

interface Message {
  readonly call: string;
  readonly kind: string;
  readonly key?: string;
  readonly path?: string;
  readonly body?: unknown;
}

/** A kernel at the other end of a line, that says what the test lets it say. */
class Kernel implements Line {
  readonly heard: Message[] = [];

  get(): unknown {
    return undefined;
  }

  send(message: unknown): void {
    this.heard.push(message as Message);
  }

  on(event: string, listener: (...told: never[]) => void): void {
    if (event === 'msg:custom') {
      this.#listeners.add(listener);
    }
  }

  off(_event: string, listener: (...told: never[]) => void): void {
    this.#listeners.delete(listener);
  }

  /** Sends letters about the last call, or about the one given. */
  say(letters: readonly Omit<Letter, 'call'>[], enclosures: readonly BufferSource[] = [], call?: string): void {
    const about = call ?? this.heard.at(-1)?.call ?? '';
    const told = { letters: letters.map(letter => ({ call: about, ...letter })) };
    for (const listener of this.#listeners) {
      (listener as (...told: unknown[]) => void)(told, enclosures);
    }
  }

  readonly #listeners = new Set<(...told: never[]) => void>();
}

let busy: boolean[] = [];
let transport: CommTransport;
let kernel: Kernel;
let takeBack: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  busy = [];
  transport = new CommTransport(now => busy.push(now));
  kernel = new Kernel();
  takeBack = transport.lend(kernel);
});

afterEach(() => {
  vi.useRealTimers();
});

async function collect(events: AsyncIterable<ServerEvent>): Promise<ServerEvent[]> {
  const all: ServerEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

test('what is too large for the way through the kernel is refused before it is sent', async () => {
  const body = { attachments: [{ name: 'large.txt', text: 'a'.repeat(8_000_000) }] };
  await expect(transport.request('POST', 'conversations/c/messages', body)).rejects.toThrow('too large');
  expect(kernel.heard).toEqual([]);
});

test('an answer is the JSON that the owner gave', async () => {
  const answer = transport.request('GET', 'experiences/e');
  kernel.say([{ taken: true }]);
  kernel.say([{ answer: '{"id": "e"}' }]);
  expect(await answer).toEqual({ id: 'e' });
  expect(kernel.heard).toMatchObject([{ kind: 'ask', method: 'GET', path: 'experiences/e' }]);
});

test('an answer that came compressed is unpacked', async () => {
  vi.useRealTimers();
  const answer = transport.request('GET', 'conversations/c');
  const packed = new Blob(['{"id": "long"}']).stream().pipeThrough(new CompressionStream('gzip'));
  kernel.say([{ enclosed: 1 }], [new Uint8Array([1]), await new Response(packed).arrayBuffer()]);
  expect(await answer).toEqual({ id: 'long' });
});

test('a fault of the owner is the error that HTTP would have brought', async () => {
  const answer = transport.request('POST', 'conversations', {});
  kernel.say([{ fault: { code: 'name_taken', message: 'Taken.', remedy: 'Another.', status: 409 } }]);
  await expect(answer).rejects.toMatchObject({ code: 'name_taken', status: 409 } satisfies Partial<ApiError>);
});

test('a change carries a key, and a question to read does not', () => {
  transport.request('POST', 'conversations', {}, { idempotencyKey: 'mine' });
  transport.request('POST', 'conversations', {});
  transport.request('GET', 'models');
  expect(kernel.heard.map(each => each.key?.length)).toEqual([4, 36, undefined]);
});

test('letters about nothing we asked are left alone', async () => {
  const answer = transport.request('GET', 'models');
  kernel.say([{ answer: '"another"' }], [], 'another call');
  kernel.say([{ answer: '"ours"' }]);
  expect(await answer).toBe('ours');
});

test('a kernel that does not hear us is said to be busy until it does', async () => {
  const answer = transport.request('GET', 'models');
  vi.advanceTimersByTime(900);
  expect(busy).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(busy).toEqual([true]);
  kernel.say([{ taken: true }]);
  expect(busy).toEqual([true, false]);
  kernel.say([{ answer: '' }]);
  expect(await answer).toBeUndefined();
  vi.advanceTimersByTime(5000);
  expect(busy).toEqual([true, false]);
});

test('an owner that takes its time does not make the kernel busy', () => {
  transport.request('GET', 'models');
  kernel.say([{ taken: true }]);
  vi.advanceTimersByTime(60_000);
  expect(busy).toEqual([]);
});

test('a call that is aborted is left', async () => {
  const abort = new AbortController();
  const answer = transport.request('GET', 'models', undefined, { signal: abort.signal });
  abort.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(kernel.heard.map(each => each.kind)).toEqual(['ask', 'leave']);
});

test('events come in their order until the stream ends', async () => {
  const events = collect(transport.events('events', new AbortController().signal));
  kernel.say([{ taken: true }, { event: ['change', '1'] }]);
  await Promise.resolve();
  kernel.say([{ event: ['change', '2'] }, { event: ['change', '3'] }, { ended: true }]);
  expect((await events).map(each => each.data)).toEqual(['1', '2', '3']);
  expect(kernel.heard.map(each => each.kind)).toEqual(['follow']);
});

test('what came before a fault is read before it is thrown', async () => {
  const read: string[] = [];
  const reading = (async () => {
    for await (const event of transport.events('messages/m/stream', new AbortController().signal)) {
      read.push(event.data);
    }
  })();
  kernel.say([
    { event: ['delta', 'a'] },
    { fault: { code: 'owner_lost', message: 'Gone.', remedy: '', status: 502 } }
  ]);
  await expect(reading).rejects.toMatchObject({ code: 'owner_lost' });
  expect(read).toEqual(['a']);
});

test('a stream that is aborted is left in the kernel too', async () => {
  const abort = new AbortController();
  const events = collect(transport.events('events', abort.signal));
  await Promise.resolve();
  abort.abort();
  await expect(events).rejects.toMatchObject({ name: 'AbortError' });
  expect(kernel.heard.map(each => each.kind)).toEqual(['follow', 'leave']);
});

test('a reader who breaks off leaves the stream', async () => {
  const reading = (async () => {
    for await (const event of transport.events('events', new AbortController().signal)) {
      return event.data;
    }
    return '';
  })();
  kernel.say([{ event: ['change', 'first'] }]);
  expect(await reading).toBe('first');
  expect(kernel.heard.map(each => each.kind)).toEqual(['follow', 'leave']);
});

test('when a line goes its calls are made again over the next, under their keys', async () => {
  const other = new Kernel();
  transport.lend(other);
  const answer = transport.request('POST', 'conversations', { a: 1 });
  expect(other.heard).toEqual([]);
  takeBack();
  await vi.waitFor(() => {
    expect(other.heard).toHaveLength(1);
  });
  expect(other.heard[0]?.key).toBe(kernel.heard[0]?.key);
  other.say([{ answer: '"made"' }]);
  expect(await answer).toBe('made');
});

test('a kernel that has hung up is said to have ended', async () => {
  kernel.send = () => {
    throw new Error('Cannot send');
  };
  await expect(transport.request('GET', 'models')).rejects.toMatchObject({ code: 'kernel_gone' });
  await expect(collect(transport.events('events', new AbortController().signal))).rejects.toBeInstanceOf(ApiError);
});

test('without a line the kernel is said to have ended', async () => {
  takeBack();
  await expect(transport.request('GET', 'models')).rejects.toMatchObject({ code: 'kernel_gone', ownerAway: false });
  await expect(collect(transport.events('events', new AbortController().signal))).rejects.toBeInstanceOf(ApiError);
});
