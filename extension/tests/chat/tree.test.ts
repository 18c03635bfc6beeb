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

test('branches are runs of messages, each before those that fork from it', () => {
  const forked = tree();
  forked.put(at('r', null));
  forked.put(at('c1', 'b'));
  forked.put(at('c2', 'b'));
  expect(forked.runs().map(each => [each.first.id, each.messages, each.level])).toEqual([
    ['q', 1, 1],
    ['a1', 3, 2],
    ['c1', 1, 3],
    ['c2', 1, 3],
    ['a2', 1, 2],
    ['r', 1, 1]
  ]);
});

test('a tree knows whether it forks, also when branches go', () => {
  const line = new MessageTree([at('q', null), at('a', 'q')]);
  expect(line.forks).toBe(false);
  line.put(at('a', 'q'));
  expect(line.forks).toBe(false);
  line.put(at('b', 'q'));
  line.put(at('c', 'q'));
  expect(line.forks).toBe(true);
  line.remove('b');
  expect(line.forks).toBe(true);
  line.remove('c');
  expect(line.forks).toBe(false);
});

test('a line of thousands of messages is one run', () => {
  const long = new MessageTree(Array.from({ length: 20_000 }, (_, n) => at(`m${n}`, n === 0 ? null : `m${n - 1}`)));
  expect(long.runs().map(each => each.messages)).toEqual([20_000]);
});
