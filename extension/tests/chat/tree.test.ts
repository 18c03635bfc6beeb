import { expect, test } from 'vitest';

import type { Message } from '../../src/chat/records.js';
import { MessageTree } from '../../src/chat/tree.js';
import { newMessage } from './scripted.js';

const at = (id: string, parentId: string | null): Message => newMessage({ id, parent_id: parentId });

const tree = (): MessageTree =>
  new MessageTree([at('q', null), at('a1', 'q'), at('a2', 'q'), at('q2', 'a1'), at('b', 'q2')]);

test('a branch leads from the first message to its head', () => {
  expect(tree().branch('b').map(each => each.id)).toEqual(['q', 'a1', 'q2', 'b']);
});

test('siblings are in the order they were written', () => {
  expect(tree().siblings(at('a2', 'q'))).toEqual(['a1', 'a2']);
});

test('the newest leaf is the end of what was written last', () => {
  expect(tree().newestLeaf('q')).toBe('a2');
  expect(tree().newestLeaf('a1')).toBe('b');
});

test('a message that is put again keeps its place', () => {
  const grown = tree();
  grown.put({ ...at('a1', 'q'), text: 'more' });
  expect(grown.siblings(at('a1', 'q'))).toEqual(['a1', 'a2']);
  expect(grown.size).toBe(5);
});

test('a removed message is nobody’s sibling', () => {
  const pruned = tree();
  pruned.remove('a1');
  expect(pruned.siblings(at('a2', 'q'))).toEqual(['a2']);
});

test('messages that go in a circle end somewhere', () => {
  const circle = new MessageTree([at('x', 'y'), at('y', 'x')]);
  expect(circle.branch('x')).toHaveLength(2);
  expect(['x', 'y']).toContain(circle.newestLeaf('x'));
});
