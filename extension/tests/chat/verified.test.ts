import { render } from 'lit';
import { expect, test } from 'vitest';

import { body } from '../../src/chat/message.js';
import type { Message } from '../../src/chat/records.js';
import type { View } from '../../src/chat/view.js';
import { newMessage } from './scripted.js';

const view = { actions: [], state: { models: [] }, t: (text: string) => text } as unknown as View;

function shown(other: Partial<Message>): HTMLElement {
  const host = document.createElement('div');
  render(body(view, newMessage({ author: 'assistant', text: 'Hello.', ...other })), host);
  return host;
}

test('below a reply that is not verified stands that it is not, and why', () => {
  const details = shown({ verified: false }).querySelector('details');
  expect(details?.open).toBe(false);
  expect(details?.querySelector('summary')?.textContent).toBe('Not verified');
  expect(details?.textContent).toContain('a reply that was cut off looks like a whole one');
});

test('a verified reply says nothing of it, nor does one that runs or says itself that it is not whole', () => {
  for (const other of [{}, { verified: false, status: 'running' }, { verified: false, status: 'failed' }] as const) {
    expect(shown(other).textContent).not.toContain('erified');
  }
});
