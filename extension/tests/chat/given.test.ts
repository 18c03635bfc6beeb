import { nothing, render } from 'lit';
import { beforeEach, expect, test } from 'vitest';

import { given } from '../../src/chat/given.js';
import { ChatModel } from '../../src/chat/model.js';
import type { Attachment } from '../../src/chat/records.js';
import type { ShownMessage } from '../../src/chat/state.js';
import { ApiError } from '../../src/chat/transport.js';
import type { View } from '../../src/chat/view.js';
import { newMessage, ScriptedTransport } from './scripted.js';

const TABLE: Attachment = {
  kind: 'table',
  name: 'df',
  text: '<b>a</b>',
  media_type: 'text/markdown',
  size_bytes: 0
};
const PICTURE: Attachment = {
  kind: 'picture',
  name: 'fig',
  text: 'A rising line.',
  media_type: 'image/png',
  size_bytes: 3
};

let way: ScriptedTransport;
let root: HTMLElement;
let picture: () => unknown;

beforeEach(() => {
  picture = () => ({ ...PICTURE, data: 'AAAA' });
  way = new ScriptedTransport({ 'GET messages/*/attachments/*': () => picture() });
  root = document.createElement('div');
});

/** Shows what was given with the message `id`. */
function show(attachments: readonly Attachment[], fields: Partial<ShownMessage> = {}, id = 'q'): void {
  const view = { model: new ChatModel(way), t: (words: string) => words } as Partial<View> as View;
  const message = newMessage({ id, attachments });
  render(given(view, { message, siblings: [id], comparable: 0, delivery: 'saved', fault: null, ...fields }), root);
}

/** Opens it, as the reader does, and waits until nothing more is asked for. */
async function open(): Promise<HTMLImageElement | null> {
  const details = root.querySelector('details');
  details?.setAttribute('open', '');
  details?.dispatchEvent(new Event('toggle'));
  await new Promise(resolve => setTimeout(resolve));
  return root.querySelector('img');
}

const words = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

test('what was given is named, and its text is shown as text', () => {
  show([TABLE, PICTURE]);
  expect(words(root.querySelector('summary'))).toBe('Given: df (table), fig (picture)');
  expect([...root.querySelectorAll('pre')].map(words)).toEqual(['<b>a</b>', 'A rising line.']);
  expect(root.querySelector('b')).toBeNull();
});

test('a PDF is named with its size, and nothing is fetched or shown of it', async () => {
  show([{ ...PICTURE, kind: 'pdf', name: 'paper.pdf', text: '', media_type: 'application/pdf', size_bytes: 2048 }]);
  expect(words(root.querySelector('summary'))).toBe('Given: paper.pdf (PDF, 2 KB)');
  expect(await open()).toBeNull();
  expect(root.querySelector('pre, embed, iframe, object')).toBeNull();
  expect(way.requests).toEqual([]);
});

test('a table is named with its shape, where its text begins with it', () => {
  show([{ ...TABLE, text: '1,000 rows × 5 columns\n\nMore.' }]);
  expect(words(root.querySelector('summary'))).toBe('Given: df (table, 1,000 × 5)');
});

test('a question with which nothing was given shows nothing', () => {
  expect(given({} as View, { message: newMessage(), siblings: [], comparable: 0, delivery: 'saved', fault: null })).toBe(nothing);
});

test('a picture is fetched once it is looked for, and then no more', async () => {
  show([TABLE, PICTURE]);
  expect(way.requests).toEqual([]);
  const shown = await open();
  expect(shown?.getAttribute('src')).toBe('data:image/png;base64,AAAA');
  expect(shown?.hidden).toBe(false);
  expect(shown?.alt).toBe('fig');
  await open();
  expect(way.made('GET messages/q/attachments/1')).toHaveLength(1);
});

test('what is no picture is not shown as one, whatever the owner says', async () => {
  picture = () => ({ ...PICTURE, media_type: 'image/svg+xml', data: 'AAAA' });
  show([PICTURE]);
  const shown = await open();
  expect(shown?.hasAttribute('src')).toBe(false);
  expect(shown?.hidden).toBe(true);
});

test('a picture that cannot be had says why, and is sought again when it is looked for again', async () => {
  picture = () => {
    throw new ApiError({ code: 'gone', message: 'It is gone.', remedy: 'Look again.' });
  };
  show([PICTURE]);
  await open();
  expect(words(root.querySelector('[role=status]'))).toBe('It is gone. Look again.');
  picture = () => ({ ...PICTURE, data: 'AAAA' });
  expect((await open())?.hidden).toBe(false);
  expect(words(root.querySelector('[role=status]'))).toBe('');
});

test('the picture of one question is not shown with another that takes its place', async () => {
  show([PICTURE]);
  await open();
  show([PICTURE], {}, 'other');
  expect(root.querySelector('img')?.hasAttribute('src')).toBe(false);
  expect(root.querySelector('details')?.open).toBe(false);
});

test('of a question on its way the owner has no picture yet', () => {
  show([PICTURE], { delivery: 'sending' });
  expect(root.querySelector('img')).toBeNull();
  expect(words(root.querySelector('pre'))).toBe('A rising line.');
});
