import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChatModel } from '../../src/chat/model.js';
import { ApiError } from '../../src/chat/transport.js';
import { EXPERIENCE, MODEL, newConversation, newMessage, type Request, ScriptedTransport } from './scripted.js';

let saved: Map<string, string>;
let way: ScriptedTransport;
let chat: ChatModel;

const away = (): never => {
  throw new ApiError({ code: 'owner_unreachable', message: 'No.', status: 503 });
};
const read = ({ path }: Request): unknown => ({ text: saved.get(path) ?? '', updated_at: null });
const save = ({ path, body }: Request): unknown => {
  saved.set(path, (body as { text: string }).text);
  return body;
};
const saves = (): unknown[] => way.made('PUT */*/draft').map(each => each.body);
const settle = async (ms = 0): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

beforeEach(async () => {
  vi.useFakeTimers();
  saved = new Map();
  const conversations = [newConversation({ head_id: 'q', message_count: 1 })];
  way = new ScriptedTransport({
    'GET experiences/*': () => EXPERIENCE,
    'GET conversations': () => ({ conversations, next_cursor: null, total: 1 }),
    'GET conversations/*': () => ({ conversation: conversations[0], messages: [newMessage({ id: 'q' })] }),
    'GET models': () => [MODEL],
    'GET models/default': () => MODEL,
    'GET */*/draft': read,
    'PUT */*/draft': save,
    'POST conversations': ({ body }) => newConversation(body as object),
    'POST conversations/*/messages': ({ path, body }) => {
      const { id, reply_id, text } = body as { id: string; reply_id: string; text: string };
      const conversation_id = path.split('/')[1] ?? '';
      return {
        message: newMessage({ conversation_id, id, text }),
        reply: newMessage({ conversation_id, id: reply_id, parent_id: id, author: 'assistant' }),
        beside: []
      };
    }
  });
  chat = new ChatModel(way);
  await chat.open('e');
});

afterEach(() => {
  chat.dispose();
  vi.useRealTimers();
});

test('what is written is saved once its writer pauses for a second', async () => {
  chat.setDraft('W');
  await settle(900);
  chat.setDraft('Why');
  await settle(900);
  expect(saves()).toEqual([]);
  await settle(100);
  expect(saves()).toEqual([{ text: 'Why' }]);
  expect(saved.get('conversations/c/draft')).toBe('Why');
  await settle(5000);
  expect(saves()).toHaveLength(1);
});

test('a page that may be on its way out saves at once', async () => {
  chat.setDraft('Why');
  chat.newConversation();
  chat.setDraft('And why');
  chat.saveDrafts();
  await settle();
  expect([...saved]).toEqual([
    ['conversations/c/draft', 'Why'],
    ['experiences/e/draft', 'And why']
  ]);
});

test('the next page shows what was saved, in its place', async () => {
  saved.set('conversations/c/draft', 'half a thought').set('experiences/e/draft', 'another');
  const next = new ChatModel(way);
  await next.open('e');
  await settle();
  expect(next.state.draft).toBe('half a thought');
  next.newConversation();
  await settle();
  expect(next.state.draft).toBe('another');
  next.dispose();
});

test('what the owner has never takes the place of what is typed meanwhile', async () => {
  let answer: (draft: unknown) => void = () => undefined;
  way.answers['GET experiences/e/draft'] = () => new Promise(resolve => (answer = resolve));
  chat.newConversation();
  chat.setDraft('mine');
  answer({ text: 'old', updated_at: null });
  await settle();
  expect(chat.state.draft).toBe('mine');
  await settle(1000);
  expect(saved.get('experiences/e/draft')).toBe('mine');
});

test('what another window has written last is shown where nothing is written here', async () => {
  chat.setDraft('mine');
  await settle(1000);
  chat.newConversation();
  saved.set('conversations/c/draft', 'theirs');
  await chat.openConversation('c');
  await settle();
  expect(chat.state.draft).toBe('theirs');
});

test('a draft goes once its question has arrived, and stays while it has not', async () => {
  const arrive = way.answers['POST conversations/*/messages'];
  way.answers['POST conversations/*/messages'] = away;
  chat.setDraft('Why?');
  await settle(1000);
  await chat.send('Why?');
  expect(chat.state.draft).toBe('');
  chat.saveDrafts();
  await settle(2000);
  expect(saved.get('conversations/c/draft')).toBe('Why?');
  way.answers['POST conversations/*/messages'] = arrive ?? away;
  await chat.sendAgain(chat.state.branch.at(-1)?.message.id ?? '');
  await settle(1000);
  expect(saved.get('conversations/c/draft')).toBe('');
});

test('what is written after a question has been sent stays when that arrives', async () => {
  chat.newConversation();
  chat.setDraft('Why?');
  const sending = chat.send('Why?');
  chat.setDraft('And then?');
  await sending;
  await settle(1000);
  expect(chat.state.draft).toBe('And then?');
  expect(saved.get(`conversations/${chat.state.conversation?.id ?? ''}/draft`)).toBe('And then?');
});

test('nobody is told that a draft could not be saved, and the next key tries again', async () => {
  way.answers['PUT */*/draft'] = away;
  chat.setDraft('Wh');
  await settle(1000);
  expect(chat.state.problem).toBeNull();
  expect(chat.state.draft).toBe('Wh');
  way.answers['PUT */*/draft'] = save;
  chat.newConversation();
  chat.setDraft('A');
  await settle(1000);
  expect(saved.get('conversations/c/draft')).toBe('Wh');
  expect(saved.get('experiences/e/draft')).toBe('A');
});
