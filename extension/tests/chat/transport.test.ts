import { expect, test } from 'vitest';

import { ApiError, HttpTransport, type ServerEvent } from '../../src/chat/transport.js';

interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

/** A transport whose requests are answered by `answers` in turn; the last one again and again. */
function transport(...answers: (() => Response | Promise<Response>)[]): {
  calls: Call[];
  transport: HttpTransport;
} {
  const calls: Call[] = [];
  return {
    calls,
    transport: new HttpTransport({
      baseUrl: 'http://localhost/api/v1/',
      headers: { 'X-XSRFToken': 'x' },
      retryDelaysMs: [1, 1],
      fetch: async (url, init) => {
        const answer = answers[Math.min(calls.length, answers.length - 1)];
        calls.push({ url, init });
        return (await answer?.()) ?? new Response();
      }
    })
  };
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });

const gone = (): never => {
  throw new TypeError('Failed to fetch');
};

function header(call: Call | undefined, name: string): string | null {
  return new Headers(call?.init.headers).get(name);
}

async function collect(events: AsyncIterable<ServerEvent>): Promise<ServerEvent[]> {
  const all: ServerEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

test('a record is asked for below the base URL with the headers of the host', async () => {
  const { calls, transport: way } = transport(() => json({ id: 'a' }));
  expect(await way.request('GET', 'experiences/a')).toEqual({ id: 'a' });
  expect(calls[0]?.url).toBe('http://localhost/api/v1/experiences/a');
  expect(header(calls[0], 'X-XSRFToken')).toBe('x');
  expect(header(calls[0], 'Idempotency-Key')).toBeNull();
});

test('a change is repeated under one key while the owner is away', async () => {
  const { calls, transport: way } = transport(
    gone,
    () => json({ code: 'owner_stopping', message: 'On its way out.', remedy: '' }, 503),
    () => json({ id: 'a' })
  );
  expect(await way.request('POST', 'conversations', { id: 'a' })).toEqual({ id: 'a' });
  const keys = calls.map(call => header(call, 'Idempotency-Key'));
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('the key that is given is used', async () => {
  const { calls, transport: way } = transport(() => json({}));
  await way.request('POST', 'conversations', {}, { idempotencyKey: 'mine' });
  expect(header(calls[0], 'Idempotency-Key')).toBe('mine');
});

test('what the owner refuses is not repeated, and its remedy is told', async () => {
  const fault = { code: 'name_taken', message: 'Taken.', remedy: 'Take another.' };
  const { calls, transport: way } = transport(() => json(fault, 409));
  const error = await way.request('POST', 'experiences', {}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ ...fault, status: 409 });
  expect(calls).toHaveLength(1);
});

test('an owner that stays away is said to be, with what to do', async () => {
  const { calls, transport: way } = transport(gone);
  const error = await way.request('GET', 'models').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'owner_unreachable', status: 0 });
  expect((error as ApiError).remedy).not.toBe('');
  expect(calls).toHaveLength(3);
});

test.each([
  [403, 'signed_out'],
  [404, 'not_found'],
  [502, 'owner_unreachable']
])('a page in the place of an answer, status %i, is %s', async (status, code) => {
  const { transport: way } = transport(() => new Response('<html></html>', { status }));
  await expect(way.request('GET', 'models')).rejects.toMatchObject({ code, status });
});

test('a page with status 200 is no record', async () => {
  const { transport: way } = transport(() => new Response('<html></html>'));
  await expect(way.request('GET', 'models')).rejects.toMatchObject({ code: 'owner_unreachable' });
});

test('an aborted call is an abort, even if the host wraps its error', async () => {
  const scope = new AbortController();
  const { calls, transport: way } = transport(() => {
    scope.abort();
    throw new TypeError('wrapped');
  });
  const call = way.request('GET', 'models', undefined, { signal: scope.signal });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(calls).toHaveLength(1);
});

test('events are the same wherever the bytes are cut', async () => {
  const bytes = new TextEncoder().encode('event: delta\ndata: {"text":"ä𝛼✓"}\n\nevent: done\ndata: {}\n\n');
  const whole = [
    { event: 'delta', data: '{"text":"ä𝛼✓"}' },
    { event: 'done', data: '{}' }
  ];
  for (let at = 0; at <= bytes.length; at++) {
    const { transport: way } = transport(() => new Response(streamOf(bytes.slice(0, at), bytes.slice(at))));
    expect(await collect(way.events('messages/m/stream', new AbortController().signal))).toEqual(whole);
  }
});

test('a stream that is cut throws after the events it had', async () => {
  const bytes = new TextEncoder().encode('data: x\n\n');
  const { transport: way } = transport(() => new Response(streamOf(bytes, new Error('reset'))));
  const seen: ServerEvent[] = [];
  const reading = (async () => {
    for await (const event of way.events('events', new AbortController().signal)) {
      seen.push(event);
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'owner_unreachable' });
  expect(seen).toEqual([{ event: 'message', data: 'x' }]);
});

test('a stream that the owner refuses throws its fault', async () => {
  const fault = { code: 'not_found', message: 'Gone.', remedy: '' };
  const { transport: way } = transport(() => json(fault, 404));
  await expect(collect(way.events('x', new AbortController().signal))).rejects.toMatchObject(fault);
});

test('leaving a stream closes it', async () => {
  let closed = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('data: x\n\n'));
    },
    cancel() {
      closed = true;
    }
  });
  const { transport: way } = transport(() => new Response(body));
  for await (const event of way.events('events', new AbortController().signal)) {
    expect(event.data).toBe('x');
    break;
  }
  expect(closed).toBe(true);
});

function streamOf(...pieces: (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined) {
        controller.close();
      } else if (piece instanceof Error) {
        controller.error(piece);
      } else {
        controller.enqueue(piece);
      }
    }
  });
}
