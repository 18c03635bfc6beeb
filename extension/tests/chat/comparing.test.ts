import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChatModel } from '../../src/chat/model.js';
import type { Message, Model } from '../../src/chat/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { EXPERIENCE, MODEL, newConversation, newMessage, type Request, ScriptedTransport } from './scripted.js';

const MODELS: readonly Model[] = ['a', 'b', 'c'].map(name => ({ ...MODEL, id: `p/${name}`, name }));

let messages: Message[];
let way: ScriptedTransport;
let chat: ChatModel;

beforeEach(async () => {
  vi.useFakeTimers();
  messages = [];
  way = new ScriptedTransport({
    'GET experiences/*': () => EXPERIENCE,
    'GET conversations': () => ({
      conversations: messages.length === 0 ? [] : [newConversation({ head_id: messages.at(-1)?.id ?? null })],
      next_cursor: null,
      total: 0
    }),
    'GET conversations/*': () => ({
      conversation: newConversation({ head_id: messages.at(-1)?.id ?? null, message_count: messages.length }),
      messages
    }),
    'GET models': () => MODELS,
    'GET models/default': () => MODELS[0],
    'POST conversations': ({ body }) => newConversation(body as object),
    'PATCH conversations/*': ({ body }) => newConversation(body as object),
    'POST conversations/*/messages': started,
    'POST messages/*/retry': begun,
    'POST messages/*/merge': begun,
    'POST messages/*/stop': ({ path }) => ended(column(path.split('/')[1] ?? ''), 'stopped')
  });
  chat = new ChatModel(way);
  await chat.open('e');
});

afterEach(() => {
  chat.dispose();
  vi.useRealTimers();
});

function started({ body }: Request): unknown {
  const given = body as { id: string; text: string; models: string[]; reply_ids: string[] };
  const [reply, ...beside] = given.models.map((model, at) =>
    running({ id: given.reply_ids[at] ?? '', parent_id: given.id, model })
  );
  return { message: newMessage({ id: given.id, text: given.text }), reply, beside };
}

function begun({ body, path }: Request): Message {
  const { reply_id, model, replies } = body as { reply_id: string; model: string; replies?: string[] };
  const parent_id = path.endsWith('merge') ? (path.split('/')[1] ?? '') : (columns()[0]?.parent_id ?? '');
  return running({ id: reply_id, parent_id, model, merged_from: replies ?? [] });
}

function running(fields: Partial<Message>): Message {
  return newMessage({ author: 'assistant', status: 'running', ...fields });
}

function ended(message: Message | undefined, status: Message['status'], text = ''): Message {
  return { ...(message ?? newMessage()), status, text };
}

const columns = (): readonly Message[] => chat.state.columns;
const column = (id: string): Message | undefined => columns().find(each => each.id === id);
const states = (): string[] => columns().map(each => `${each.model ?? ''} ${each.status} ${each.text}`.trim());

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** As a page does that is loaded again. */
async function reopen(): Promise<void> {
  chat.dispose();
  chat = new ChatModel(way);
  await chat.open('e');
}

async function compare(): Promise<void> {
  chat.chooseSeveral(MODELS);
  await chat.send('Why?');
}

/** The reply at that place has ended, as its stream says. */
async function end(at: number, text: string, status: Message['status'] = 'complete'): Promise<void> {
  const id = columns()[at]?.id ?? '';
  way.stream(`messages/${id}/stream`).send('done', ended(column(id), status, text));
  await settle(50);
}

test('one question goes to each model at once, and each reply arrives by itself', async () => {
  await compare();
  const [sent] = way.requests.filter(each => each.path.endsWith('/messages'));
  expect(sent?.body).toMatchObject({ models: ['p/a', 'p/b', 'p/c'], reply_ids: columns().map(each => each.id) });
  expect(sent?.body).not.toHaveProperty('reply_id');
  expect(chat.state.several).toEqual([]);
  for (const [at, text] of ['one', 'two'].entries()) {
    way.stream(`messages/${columns()[at]?.id ?? ''}/stream`).send('delta', { text });
  }
  await settle(50);
  expect(states()).toEqual(['p/a running one', 'p/b running two', 'p/c running']);
});

test('the chat is busy until the last has ended, and one that fails touches no other', async () => {
  await compare();
  await end(0, 'A');
  await end(1, '', 'failed');
  expect(chat.state.running?.model).toBe('p/c');
  await end(2, 'C');
  expect(chat.state.running).toBeNull();
  expect(states()).toEqual(['p/a complete A', 'p/b failed', 'p/c complete C']);
});

test('one is stopped by itself, or all at once', async () => {
  await compare();
  await chat.stop(columns()[1]?.id);
  expect(states()).toEqual(['p/a running', 'p/b stopped', 'p/c running']);
  await chat.stop();
  expect(states()).toEqual(['p/a stopped', 'p/b stopped', 'p/c stopped']);
});

test('a stream that is lost is taken up again for its own column', async () => {
  await compare();
  const id = columns()[1]?.id ?? '';
  way.stream(`messages/${id}/stream`).fail(new ApiError({ code: 'owner_unreachable', message: 'Away.' }));
  await settle(300);
  way.stream(`messages/${id}/stream`).send('snapshot', { ...column(id), text: 'so far' });
  await settle(50);
  expect(states()[1]).toBe('p/b running so far');
});

test('trying one again asks its own model, and takes the place of the first try', async () => {
  await compare();
  await end(0, 'A');
  await end(1, '', 'failed');
  await chat.retry(columns()[1]?.id ?? '', { id: 'p/b', name: 'b' });
  expect(way.requests.at(-1)?.body).toMatchObject({ model: 'p/b' });
  expect(states().sort()).toEqual(['p/a complete A', 'p/b running', 'p/c running']);
  expect(chat.state.branch.at(-1)?.message.text).toBe('A');
});

test('one that was cut off goes on in its place while the others still run', async () => {
  await compare();
  await end(1, 'One,', 'interrupted');
  const cut = columns()[1];
  way.answers['POST messages/*/continue'] = () => ({ ...cut, status: 'running' });
  await chat.resume(cut?.id ?? '');
  expect(states()).toEqual(['p/a running', 'p/b running One,', 'p/c running']);
  await end(1, 'One, two.');
  expect(states()).toEqual(['p/a running', 'p/b complete One, two.', 'p/c running']);
});

test('the one that is kept is the branch that goes on, and the others can be looked at again', async () => {
  await compare();
  await Promise.all([end(0, 'A'), end(1, 'B'), end(2, 'C')]);
  const [, second] = columns();
  await chat.keep(second?.id ?? '');
  expect(columns()).toEqual([]);
  expect(way.requests.at(-1)).toMatchObject({ method: 'PATCH', body: { head_id: second?.id } });
  const shown = chat.state.branch.at(-1);
  expect([shown?.message.text, shown?.comparable, shown?.siblings.length]).toEqual(['B', 3, 3]);
  chat.compare(second?.parent_id ?? null);
  expect(states()).toEqual(['p/a complete A', 'p/b complete B', 'p/c complete C']);
});

test('a model makes one reply of those with text, which is no column itself', async () => {
  await compare();
  await Promise.all([end(0, 'A'), end(1, '', 'failed'), end(2, 'C')]);
  const ids = [columns()[0]?.id, columns()[2]?.id];
  await chat.combine(MODELS[1] ?? MODEL);
  expect(way.requests.at(-1)?.body).toMatchObject({ model: 'p/b', replies: ids });
  expect(columns()).toEqual([]);
  expect(chat.state.branch.at(-1)).toMatchObject({ comparable: 3, message: { merged_from: ids, status: 'running' } });
});

test('a merge that is refused leaves them side by side', async () => {
  await compare();
  await Promise.all([end(0, 'A'), end(1, 'B'), end(2, 'C')]);
  way.answers['POST messages/*/merge'] = () => {
    throw new ApiError({ code: 'model_missing', message: 'No.' });
  };
  await chat.combine(MODELS[1] ?? MODEL);
  expect(columns()).toHaveLength(3);
  expect(chat.state.problem?.fault.code).toBe('model_missing');
});

test('a comparison that could not be sent is sent again to the same models', async () => {
  const accept = way.answers['POST conversations/*/messages'];
  way.answers['POST conversations/*/messages'] = () => {
    throw new ApiError({ code: 'disk_full', message: 'Full.' });
  };
  await compare();
  expect(columns()).toEqual([]);
  const question = chat.state.branch.at(-1);
  expect(question?.delivery).toBe('unsent');
  way.answers['POST conversations/*/messages'] = accept ?? started;
  await chat.sendAgain(question?.message.id ?? '');
  const sent = way.requests.filter(each => each.path.endsWith('/messages'));
  expect(sent[1]).toEqual(sent[0]);
  expect(columns()).toHaveLength(3);
});

test('what still runs stands side by side when the conversation is opened', async () => {
  messages = [
    newMessage({ id: 'q', text: 'Why?' }),
    ...['a', 'b'].map(id => running({ id, parent_id: 'q', model: id }))
  ];
  await reopen();
  expect(columns().map(each => each.id)).toEqual(['a', 'b']);
  messages = messages.map(each => ({ ...each, status: 'complete' }));
  await reopen();
  expect(columns()).toEqual([]);
});
