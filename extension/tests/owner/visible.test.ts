import { expect, test } from 'vitest';

import type { ServerEvent, Transport } from '../../src/chat/transport.js';
import { VisibleTransport } from '../../src/owner/visible.js';

/** A page that can be hidden. */
class Page extends EventTarget {
  hidden = false;

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** Streams that never end by themselves, counted. */
function streams(): { transport: Transport; open: () => number } {
  let open = 0;
  const transport: Transport = {
    request: () => Promise.reject(new Error('not asked')),
    async *events(_, signal): AsyncIterable<ServerEvent> {
      open += 1;
      yield { event: 'change', data: '{}' };
      try {
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('', 'AbortError'));
          });
        });
      } finally {
        open -= 1;
      }
    }
  };
  return { transport, open: () => open };
}

async function drain(events: AsyncIterable<ServerEvent>): Promise<number> {
  let count = 0;
  for await (const event of events) {
    count += event.event === 'change' ? 1 : 0;
  }
  return count;
}

test('a page that is hidden holds no stream, and its listener is told that the stream ended', async () => {
  const { transport, open } = streams();
  const page = new Page();
  const visible = new VisibleTransport(transport, page as unknown as Document);
  const ended = drain(visible.events('events', new AbortController().signal));
  await Promise.resolve();
  await new Promise(resolve => setTimeout(resolve));
  expect(open()).toBe(1);
  page.hide(true);
  expect(await ended).toBe(1);
  expect(open()).toBe(0);
});

test('a hidden page waits until it is seen, then has its listener begin again', async () => {
  const { transport, open } = streams();
  const page = new Page();
  page.hidden = true;
  const visible = new VisibleTransport(transport, page as unknown as Document);
  const ended = drain(visible.events('events', new AbortController().signal));
  page.hide(false);
  expect(await ended).toBe(0);
  expect(open()).toBe(0);
});

test('who stops listening while the page is hidden is let go', async () => {
  const { transport } = streams();
  const page = new Page();
  page.hidden = true;
  const scope = new AbortController();
  const visible = new VisibleTransport(transport, page as unknown as Document);
  const ended = drain(visible.events('events', scope.signal));
  scope.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
});

test('the stream of a reply goes on in the background', async () => {
  const { transport, open } = streams();
  const page = new Page();
  const scope = new AbortController();
  const visible = new VisibleTransport(transport, page as unknown as Document);
  const ended = drain(visible.events('messages/1/stream', scope.signal));
  await new Promise(resolve => setTimeout(resolve));
  page.hide(true);
  await new Promise(resolve => setTimeout(resolve));
  expect(open()).toBe(1);
  scope.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
});
