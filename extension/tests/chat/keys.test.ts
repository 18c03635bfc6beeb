import { expect, test } from 'vitest';

import { type Enter, isSend } from '../../src/chat/keys.js';

function sends(enter: Enter, held: KeyboardEventInit): boolean {
  return isSend(new KeyboardEvent('keydown', { key: 'Enter', ...held }), enter);
}

test.each<[Enter, string, KeyboardEventInit, boolean]>([
  ['send', 'alone', {}, true],
  ['send', 'with Shift', { shiftKey: true }, false],
  ['send', 'with Alt', { altKey: true }, false],
  ['send', 'with Ctrl', { ctrlKey: true }, true],
  ['new-line', 'alone', {}, false],
  ['new-line', 'with Shift', { shiftKey: true }, false],
  ['new-line', 'with Ctrl', { ctrlKey: true }, true],
  ['new-line', 'with ⌘', { metaKey: true }, true]
])('where Enter is to “%s”, Enter %s sends or not', (enter, _, held, sent) => {
  expect(sends(enter, held)).toBe(sent);
});

test.each<Enter>(['send', 'new-line'])('the Enter that ends a composed word never sends (%s)', enter => {
  expect(sends(enter, { isComposing: true, ctrlKey: true })).toBe(false);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is how Safari tells
  expect(sends(enter, { keyCode: 229, ctrlKey: true })).toBe(false);
});

test('no other key sends', () => {
  expect(isSend(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true }), 'send')).toBe(false);
});
