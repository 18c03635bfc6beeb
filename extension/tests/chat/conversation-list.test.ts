import { beforeEach, expect, test } from 'vitest';

import { ConversationList } from '../../src/chat/conversation-list.js';
import type { Conversation, ConversationPage } from '../../src/chat/records.js';
import { newConversation } from './scripted.js';

const OLD = newConversation({ id: 'old', updated_at: '2026-11-23T10:00:00Z' });
const NEW = newConversation({ id: 'new', updated_at: '2026-11-23T11:00:00Z' });

let list: ConversationList;

beforeEach(() => {
  list = new ConversationList('e');
});

function page(...conversations: Conversation[]): ConversationPage {
  return { conversations, next_cursor: null, total: conversations.length };
}

/** Answers with `answer`, after what happens on the way. */
const answering =
  (answer: ConversationPage, onTheWay: (path: string) => void = () => undefined) =>
  (path: string): Promise<ConversationPage> => {
    onTheWay(path);
    return Promise.resolve(answer);
  };

const ids = (): string[] => list.all.map(each => each.id);

test('a conversation saved while the list is on its way stays in it', async () => {
  list.add(NEW);
  await list.readFirst(
    answering(page(OLD), () => {
      list.put(NEW);
    })
  );
  expect(ids()).toEqual(['new', 'old']);
  await list.readFirst(answering(page(OLD)));
  expect(ids()).toEqual(['old']); // it was thrown away
});

test('a conversation is not put back to what it was when the list was asked for', async () => {
  list.put(OLD);
  await list.readFirst(
    answering(page(OLD), () => {
      list.put({ ...OLD, title: 'Stars', revision: 2 });
    })
  );
  expect(list.get('old')?.title).toBe('Stars');
});

test('the next page is read where the last one ended', async () => {
  const paths: string[] = [];
  const note = (path: string): void => {
    paths.push(path);
  };
  await list.readFirst(answering({ ...page(NEW), next_cursor: 'there' }, note));
  await list.readNext(answering(page(OLD, NEW), note));
  expect(paths).toEqual([
    'conversations?experience=e&limit=50',
    'conversations?experience=e&limit=50&cursor=there'
  ]);
  expect(ids()).toEqual(['new', 'old']);
  expect(list.hasMore).toBe(false);
});
