import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChatModel } from '../../src/chat/model.js';
import type { Conversation, Message } from '../../src/chat/records.js';
import { ApiError } from '../../src/chat/transport.js';
import {
  EXPERIENCE,
  MODEL,
  newConversation,
  newMessage,
  type Request,
  ScriptedTransport
} from './scripted.js';

let conversations: Conversation[];
let messages: Message[];
let way: ScriptedTransport;
let chat: ChatModel;

beforeEach(() => {
  vi.useFakeTimers();
  conversations = [];
  messages = [];
  way = new ScriptedTransport({
    'GET experiences/*': () => EXPERIENCE,
    'GET conversations': () => ({ conversations, next_cursor: null, total: conversations.length }),
    'GET conversations/*': () => ({ conversation: conversations[0], messages }),
    'GET models': () => [MODEL],
    'GET models/default': () => MODEL,
    'POST conversations': ({ body }) => newConversation(body as Partial<Conversation>),
    'PATCH conversations/*': ({ body }) => ({ ...conversations[0], ...(body as object) }),
    'POST conversations/*/messages': started,
    'POST messages/*/retry': ({ body }) =>
      running({ id: (body as { reply_id: string }).reply_id, parent_id: 'q' }),
    'POST messages/*/continue': () => running({ id: 'r', parent_id: 'q', text: 'One,' }),
    'POST messages/*/stop': () => newMessage({ ...last(), status: 'stopped' })
  });
  chat = new ChatModel(way);
});

afterEach(() => {
  chat.dispose();
  vi.useRealTimers();
});

function running(fields: Partial<Message>): Message {
  return newMessage({ author: 'assistant', status: 'running', model_name: 'Luna 1B', ...fields });
}

/** What the owner answers to a question. */
function started({ path, body }: Request): unknown {
  const given = body as { id: string; reply_id: string; parent_id: string | null; text: string };
  const place = { conversation_id: path.split('/')[1] ?? '' };
  return {
    message: newMessage({ ...place, id: given.id, parent_id: given.parent_id, text: given.text }),
    reply: running({ ...place, id: given.reply_id, parent_id: given.id }),
    beside: []
  };
}

function last(): Message {
  const shown = chat.state.branch.at(-1);
  if (shown === undefined) {
    throw new Error('no message is shown');
  }
  return shown.message;
}

const texts = (): string[] => chat.state.branch.map(shown => shown.message.text);

/** A conversation of one question and one reply, open. */
async function openWith(reply: Partial<Message>): Promise<void> {
  messages = [
    newMessage({ id: 'q', text: 'Why?' }),
    newMessage({ id: 'r', parent_id: 'q', author: 'assistant', ...reply })
  ];
  conversations = [newConversation({ head_id: 'r', message_count: 2 })];
  await chat.open('e');
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

function fault(code: string): ApiError {
  return new ApiError({ code, message: 'No.', remedy: 'Do this.', status: 409 });
}

test('an Experience opens at its latest conversation', async () => {
  await openWith({ text: 'Because.' });
  expect(chat.state.phase).toBe('ready');
  expect(texts()).toEqual(['Why?', 'Because.']);
  expect(chat.state.answering?.name).toBe('Luna 1B');
});

test('an Experience without conversations opens with a new one', async () => {
  await chat.open('e');
  expect(chat.state.conversation).toBeNull();
  expect(chat.state.branch).toEqual([]);
});

test('an Experience that cannot be read says why, and can be tried again', async () => {
  way.answers['GET experiences/*'] = () => {
    throw fault('locked');
  };
  await chat.open('e');
  expect(chat.state.phase).toBe('failed');
  expect(chat.state.problem?.fault).toEqual({ code: 'locked', message: 'No.', remedy: 'Do this.' });
  way.answers['GET experiences/*'] = () => EXPERIENCE;
  await chat.state.problem?.again?.();
  expect(chat.state.phase).toBe('ready');
  expect(chat.state.problem).toBeNull();
});

test('the Experience that was opened last is the one that is shown', async () => {
  let answer: (experience: unknown) => void = () => undefined;
  way.answers['GET experiences/slow'] = () => new Promise(resolve => (answer = resolve));
  const slow = chat.open('slow');
  await chat.open('e');
  answer({ ...EXPERIENCE, id: 'slow' });
  await slow;
  expect(chat.state.experience?.id).toBe('e');
});

test('a conversation that no page of the list has shown yet is opened by its id', async () => {
  conversations = [];
  messages = [newMessage({ id: 'q', conversation_id: 'old', text: 'Long ago' })];
  way.answers['GET conversations/old'] = () => ({
    conversation: newConversation({ id: 'old', title: 'Old', head_id: 'q', message_count: 1 }),
    messages
  });
  await chat.open('e', 'old');
  expect(texts()).toEqual(['Long ago']);
  expect(chat.state.conversation?.title).toBe('Old');
  expect(chat.state.conversations.map(each => each.id)).toEqual(['old']);
});

test('a conversation that is gone says so', async () => {
  way.answers['GET conversations/*'] = () => {
    throw fault('not_found');
  };
  await chat.open('e', 'gone');
  expect(chat.state.problem?.fault.code).toBe('not_found');
  chat.newConversation();
  expect(chat.state.problem).toBeNull();
});

test('a question is shown before the owner has it', async () => {
  await chat.open('e');
  void chat.send('Why?');
  expect(texts()).toEqual(['Why?', '']);
  expect(chat.state.branch[0]?.delivery).toBe('sending');
  expect(chat.state.running?.status).toBe('running');
  await settle();
  expect(chat.state.branch.map(shown => shown.delivery)).toEqual(['saved', 'saved']);
});

test('a conversation is saved with its first question only', async () => {
  await chat.open('e');
  await chat.send('Why?');
  expect(way.made('POST conversations')).toHaveLength(1);
  const id = chat.state.conversation?.id;
  expect(way.made(`POST conversations/${id ?? ''}/messages`)).toHaveLength(1);
});

test('a conversation keeps the title it is shown under while its first question is on its way', async () => {
  await chat.open('e');
  way.answers['POST conversations'] = ({ body }) =>
    newConversation({ ...(body as Partial<Conversation>), title: '' });
  way.answers['POST conversations/*/messages'] = () => new Promise(() => undefined);
  void chat.send('Why?');
  await settle();
  conversations = [newConversation({ id: chat.state.conversation?.id ?? '', title: '' })];
  way.stream('events').send('change', { noun: 'conversations', id: 'c', action: 'create', experience_id: 'e' });
  await settle(300);
  expect(way.made('GET conversations')).toHaveLength(2);
  expect(chat.state.conversation?.title).toBe('Why?');
});

test('tokens are appended to the reply in batches', async () => {
  await chat.open('e');
  await chat.send('Why?');
  const stream = way.stream(`messages/${last().id}/stream`);
  stream.send('snapshot', last());
  stream.send('delta', { text: 'a' });
  await settle();
  expect(last().text).toBe('a');
  let drawn = 0;
  chat.subscribe(() => (drawn += 1));
  for (const text of 'bcdefghij') {
    stream.send('delta', { text });
  }
  await settle(29);
  expect(drawn).toBe(0);
  await settle(2);
  expect(last().text).toBe('abcdefghij');
  expect(drawn).toBe(1);
  stream.send('done', { ...last(), text: 'abcdefghij.', status: 'complete' });
  await settle();
  expect(last()).toMatchObject({ text: 'abcdefghij.', status: 'complete' });
  expect(chat.state.running).toBeNull();
});

test('a reply that runs is followed when its conversation is opened', async () => {
  await openWith({ status: 'running', text: 'So far' });
  const stream = way.stream('messages/r/stream');
  stream.send('snapshot', running({ id: 'r', parent_id: 'q', text: 'So far, so' }));
  stream.send('delta', { text: ' good.' });
  await settle(50);
  expect(last().text).toBe('So far, so good.');
});

test('a stream that breaks off is taken up again and nothing is doubled', async () => {
  await openWith({ status: 'running', text: '' });
  const first = way.stream('messages/r/stream');
  first.send('snapshot', running({ id: 'r', parent_id: 'q' }));
  first.send('delta', { text: 'one ' });
  first.send('delta', { text: 'two ' });
  await settle();
  first.end();
  await settle(300);
  const second = way.stream('messages/r/stream');
  expect(second).not.toBe(first);
  second.fail(new ApiError({ code: 'owner_unreachable', message: 'Away.' }));
  await settle(100);
  expect(chat.state.connection).toBe('lost');
  await settle(1000);
  const third = way.stream('messages/r/stream');
  third.send('snapshot', running({ id: 'r', parent_id: 'q', text: 'one two three ' }));
  third.send('delta', { text: 'four' });
  await settle(50);
  expect(last().text).toBe('one two three four');
  expect(chat.state.connection).toBe('live');
});

test('a reply is no longer followed when another conversation is opened', async () => {
  await openWith({ status: 'running' });
  const stream = way.stream('messages/r/stream');
  chat.newConversation();
  expect(stream.signal.aborted).toBe(true);
});

test('a first token that is long in coming is said to be', async () => {
  await openWith({ status: 'running' });
  await settle(900);
  expect(chat.state.slow).toBe(false);
  await settle(200);
  expect(chat.state.slow).toBe(true);
  way.stream('messages/r/stream').send('delta', { text: 'There.' });
  await settle(50);
  expect(chat.state.slow).toBe(false);
});

test('why nothing comes for a while is said until something does', async () => {
  await openWith({ status: 'running' });
  const stream = way.stream('messages/r/stream');
  stream.send('waiting', { message: 'The server is busy. Trying again in 8 s.' });
  await settle(50);
  expect(chat.state.waiting).toBe('The server is busy. Trying again in 8 s.');
  stream.send('delta', { text: 'There.' });
  await settle(50);
  expect(chat.state.waiting).toBe('');
});

test('a reply goes on with another model', async () => {
  await openWith({ status: 'failed', text: 'Half' });
  let asked: unknown;
  way.answers['POST messages/r/continue'] = body => {
    asked = body;
    return newMessage({ id: 'r', parent_id: 'q', author: 'assistant', status: 'running', text: 'Half' });
  };
  const going = chat.resume('r', { ...MODEL, id: 'far/b', name: 'b' });
  expect(chat.state.running).toMatchObject({ id: 'r', model: 'far/b', model_name: 'b' });
  await going;
  expect(asked).toMatchObject({ body: { model: 'far/b' } });
});

test('a question that could not be sent is kept and sent again under its ids and key', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('disk_full');
  };
  await chat.send('And then?');
  expect(texts()).toEqual(['Why?', 'Because.', 'And then?']);
  const unsent = chat.state.branch[2];
  expect(unsent?.delivery).toBe('unsent');
  expect(unsent?.fault?.code).toBe('disk_full');
  chat.newConversation();
  await chat.openConversation('c');
  expect(chat.state.branch[2]?.delivery).toBe('unsent');
  way.answers['POST conversations/*/messages'] = started;
  await chat.sendAgain(unsent?.message.id ?? '');
  expect(chat.state.branch[2]?.delivery).toBe('saved');
  const [first, second] = way.made('POST conversations/c/messages');
  expect(second?.body).toEqual(first?.body);
  expect(second?.key).toBe(first?.key);
});

test('a first question that could not be sent is still there after another Experience was looked at', async () => {
  await chat.open('e');
  const save = way.answers['POST conversations'];
  way.answers['POST conversations'] = () => {
    throw fault('disk_full');
  };
  await chat.send('Why?');
  await chat.open('other');
  expect(texts()).toEqual([]);
  await chat.open('e');
  expect(chat.state.branch.map(shown => [shown.message.text, shown.delivery])).toEqual([['Why?', 'unsent']]);
  way.answers['POST conversations'] = save ?? (() => null);
  await chat.sendAgain(last().id);
  expect(chat.state.branch.map(shown => shown.delivery)).toEqual(['saved', 'saved']);
});

test('a first question that arrives while another Experience is looked at is read from the owner afterwards', async () => {
  await chat.open('e');
  let save: () => void = () => undefined;
  way.answers['POST conversations'] = ({ body }) =>
    new Promise(resolve => {
      save = () => {
        resolve(newConversation(body as Partial<Conversation>));
      };
    });
  const asked = chat.send('Why?');
  const { id } = chat.state.conversation ?? { id: '' };
  await chat.open('other');
  save();
  await asked;
  conversations = [newConversation({ id, head_id: 'r', message_count: 2 })];
  messages = [
    newMessage({ id: 'q', conversation_id: id, text: 'Why?' }),
    newMessage({ id: 'r', conversation_id: id, parent_id: 'q', author: 'assistant', text: 'Because.' })
  ];
  await chat.open('e');
  expect(texts()).toEqual(['Why?', 'Because.']);
});

test('a question that a budget stopped is kept, and sent anyway only where that is asked for', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('budget_reached');
  };
  await chat.send('And then?');
  const id = chat.state.branch[2]?.message.id ?? '';
  expect(chat.state.branch[2]?.fault?.code).toBe('budget_reached');
  await chat.sendAgain(id);
  way.answers['POST conversations/*/messages'] = started;
  await chat.sendAgain(id, { over_budget: true });
  expect(chat.state.branch[2]?.delivery).toBe('saved');
  const sent = way.made('POST conversations/c/messages').map(each => each.body as Record<string, unknown>);
  expect(sent.map(each => each['over_budget'])).toEqual([undefined, undefined, true]);
});

test('a question that a rule asks about is sent once the rule is allowed, and then over a budget too', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST conversations/*/messages'] = () => {
    throw new ApiError({ code: 'rule_ask', message: 'Asked by a rule.', rules: ['r'] });
  };
  await chat.send('And then?');
  const id = chat.state.branch[2]?.message.id ?? '';
  expect(chat.state.branch[2]?.fault?.rules).toEqual(['r']);
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('budget_reached');
  };
  await chat.sendAgain(id, { allow_rules: ['r'] });
  way.answers['POST conversations/*/messages'] = started;
  await chat.sendAgain(id, { over_budget: true });
  const sent = way.made('POST conversations/c/messages').map(each => each.body as Record<string, unknown>);
  expect(sent.map(each => each['allow_rules'])).toEqual([undefined, ['r'], ['r']]);
  expect(sent.map(each => each['over_budget'])).toEqual([undefined, undefined, true]);
});

test('another reply that a budget stopped can be asked for anyway', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST messages/*/retry'] = () => {
    throw fault('budget_reached');
  };
  await chat.retry(chat.state.branch[1]?.message.id ?? '');
  expect(chat.state.problem?.fault.code).toBe('budget_reached');
  await chat.state.problem?.again?.({ over_budget: true });
  const sent = way.requests.filter(each => each.path.endsWith('/retry')).map(each => each.body as Record<string, unknown>);
  expect(sent.map(each => each['over_budget'])).toEqual([undefined, true]);
});

test('a question that could not be sent can be taken back', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('invalid_input');
  };
  await chat.send('And then?');
  expect(chat.takeBack(last().id)).toBe('And then?');
  expect(texts()).toEqual(['Why?', 'Because.']);
});

test('the next question follows the last message that is saved', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('disk_full');
  };
  await chat.send('Lost?');
  way.answers['POST conversations/*/messages'] = started;
  await chat.send('Found?');
  expect(way.made('POST conversations/c/messages').at(-1)?.body).toMatchObject({ parent_id: 'r' });
  expect(chat.state.branch[2]?.siblings).toHaveLength(2);
});

test('nothing is asked while a reply runs', async () => {
  await openWith({ status: 'running' });
  await chat.send('Impatient');
  await chat.retry('r');
  await chat.resume('r');
  expect(way.requests.filter(each => each.method === 'POST')).toEqual([]);
});

test('stopping waits for the reply to be there', async () => {
  await chat.open('e');
  let answer: () => void = () => undefined;
  way.answers['POST conversations/*/messages'] = request =>
    new Promise(resolve => {
      answer = () => {
        resolve(started(request));
      };
    });
  void chat.send('Why?');
  void chat.stop();
  await settle();
  expect(chat.state.stopping).toBe(true);
  expect(way.made('POST messages/*/stop')).toHaveLength(0);
  answer();
  await settle();
  expect(way.made('POST messages/*/stop')).toHaveLength(1);
  expect(last().status).toBe('stopped');
  expect(chat.state.running).toBeNull();
});

test('trying again shows a running sibling at once', async () => {
  await openWith({ text: 'Because.' });
  void chat.retry('r');
  expect(last()).toMatchObject({ parent_id: 'q', status: 'running', text: '' });
  expect(chat.state.branch.at(-1)?.siblings).toHaveLength(2);
  await settle();
  expect(way.made('POST messages/r/retry')).toHaveLength(1);
});

test('trying again that fails leaves the reply as it was, and repeats under its ids', async () => {
  await openWith({ text: 'Because.' });
  way.answers['POST messages/*/retry'] = () => {
    throw fault('model_missing');
  };
  await chat.retry('r');
  expect(texts()).toEqual(['Why?', 'Because.']);
  expect(chat.state.branch.at(-1)?.siblings).toEqual(['r']);
  await chat.state.problem?.again?.();
  const [first, second] = way.made('POST messages/r/retry');
  expect(second?.body).toEqual(first?.body);
  expect(second?.key).toBe(first?.key);
});

test('a reply that goes on keeps its text', async () => {
  await openWith({ text: 'One,', status: 'interrupted' });
  await chat.resume('r');
  expect(last()).toMatchObject({ text: 'One,', status: 'running' });
  way.stream('messages/r/stream').send('delta', { text: ' two.' });
  await settle(50);
  expect(last().text).toBe('One, two.');
});

test('an edited question is a sibling of the first', async () => {
  await openWith({ text: 'Because.' });
  await chat.edit('q', 'How?');
  expect(texts()).toEqual(['How?', '']);
  expect(chat.state.branch[0]?.siblings).toHaveLength(2);
  expect(way.made('POST conversations/c/messages')[0]?.body).toMatchObject({ parent_id: null });
});

test('an edited question keeps what was given with it', async () => {
  const table = { kind: 'table', name: 'df', text: '', media_type: 'text/markdown', size_bytes: 0 } as const;
  await openWith({ text: 'Because.' });
  await chat.edit('q', 'How?');
  expect(way.made('POST conversations/c/messages')[0]?.body).not.toHaveProperty('given_of');
  messages = [newMessage({ id: 'q', attachments: [table] }), newMessage({ id: 'r', parent_id: 'q' })];
  await chat.openConversation('c');
  const editing = chat.edit('q', 'How?');
  expect(chat.state.branch[0]?.message.attachments).toEqual([table]);
  await editing;
  expect(way.made('POST conversations/c/messages')[1]?.body).toMatchObject({ given_of: 'q' });
});

test('the branch that is chosen is remembered by the owner', async () => {
  messages = [
    newMessage({ id: 'q', text: 'Why?' }),
    newMessage({ id: 'a', parent_id: 'q', text: 'First.' }),
    newMessage({ id: 'b', parent_id: 'q', text: 'Second.' }),
    newMessage({ id: 'c2', parent_id: 'a', text: 'More.' })
  ];
  conversations = [newConversation({ head_id: 'b', message_count: 4 })];
  await chat.open('e');
  expect(texts()).toEqual(['Why?', 'Second.']);
  await chat.selectSibling('a');
  expect(texts()).toEqual(['Why?', 'First.', 'More.']);
  expect(way.made('PATCH conversations/c')[0]?.body).toEqual({ head_id: 'c2' });
});

/** The conversation that is shown, as a reader saw it who begins to rename it. */
function seen(): Conversation {
  const { conversation } = chat.state;
  if (conversation === null) {
    throw new Error('no conversation is shown');
  }
  return conversation;
}

/** Another window has changed the conversation, and no change was heard of it. */
function changedElsewhere(fields: Partial<Conversation>): void {
  conversations = [newConversation({ ...seen(), revision: 7, ...fields })];
  way.answers['PATCH conversations/*'] = ({ body }) => {
    if ((body as Conversation).revision !== 7) {
      throw fault('conflict');
    }
    return { ...conversations[0], ...(body as object), revision: 8 };
  };
}

test('a conversation has its new title in the list too', async () => {
  await openWith({ text: 'Because.' });
  await chat.renameConversation(seen(), '  Reasons ');
  expect(way.made('PATCH conversations/c')[0]?.body).toEqual({ title: 'Reasons', revision: 1 });
  expect(chat.state.conversation?.title).toBe('Reasons');
  expect(chat.state.conversations[0]?.title).toBe('Reasons');
});

test('a title that is the same is not saved', async () => {
  await openWith({ text: 'Because.' });
  await chat.renameConversation(seen(), ' A title ');
  expect(way.made('PATCH conversations/c')).toEqual([]);
});

test('an empty title gives way to the one that the owner makes', async () => {
  await openWith({ text: 'Because.' });
  way.answers['PATCH conversations/*'] = () => ({ ...seen(), title: 'Why?', revision: 2 });
  await chat.renameConversation(seen(), '');
  expect(chat.state.conversation?.title).toBe('Why?');
});

test('a reply that ended meanwhile does not keep a conversation from its new title', async () => {
  await openWith({ text: 'Because.' });
  changedElsewhere({ message_count: 2 });
  await chat.renameConversation(seen(), 'Reasons');
  expect(chat.state.problem).toBeNull();
  expect(chat.state.conversation?.title).toBe('Reasons');
});

test('a title that another window gave is not overwritten before the reader says so', async () => {
  await openWith({ text: 'Because.' });
  changedElsewhere({ title: 'Theirs' });
  await chat.renameConversation(seen(), 'Mine');
  expect(chat.state.conversation?.title).toBe('Theirs');
  expect(chat.state.problem?.fault.message).toContain('“Theirs”');
  await chat.state.problem?.again?.();
  expect(chat.state.conversation?.title).toBe('Mine');
});

test('a title that another window gave is noticed though it was heard of', async () => {
  await openWith({ text: 'Because.' });
  const before = seen();
  await chat.renameConversation(before, 'Theirs');
  await chat.renameConversation(before, 'Mine');
  expect(chat.state.conversation?.title).toBe('Theirs');
  expect(chat.state.problem?.fault.code).toBe('conflict');
});

test('trying again with another model asks that model, this once', async () => {
  const other = { ...MODEL, id: 'remote/sol', name: 'Sol' };
  way.answers['GET models'] = () => [MODEL, other];
  await openWith({ text: 'Because.' });
  void chat.retry('r', other);
  expect(last()).toMatchObject({ model: 'remote/sol', model_name: 'Sol', status: 'running' });
  await settle();
  expect(way.made('POST messages/r/retry')[0]?.body).toMatchObject({ model: 'remote/sol' });
  expect(chat.state.answering?.name).toBe('Luna 1B');
});

test('what another door writes is shown, following the branch in view', async () => {
  await openWith({ text: 'Because.' });
  messages = [...messages, newMessage({ id: 'n', parent_id: 'r', text: 'From elsewhere' })];
  conversations = [newConversation({ head_id: 'n', message_count: 3 })];
  way.stream('events').send('change', {
    noun: 'messages',
    id: 'n',
    action: 'create',
    experience_id: 'e'
  });
  await settle(300);
  expect(texts()).toEqual(['Why?', 'Because.', 'From elsewhere']);
});

test('what is written on another branch does not move the reader', async () => {
  await openWith({ text: 'Because.' });
  messages = [...messages, newMessage({ id: 'n', parent_id: 'q', text: 'Other try' })];
  conversations = [newConversation({ head_id: 'n', message_count: 3 })];
  way.stream('events').send('change', {
    noun: 'messages',
    id: 'n',
    action: 'create',
    experience_id: 'e'
  });
  await settle(300);
  expect(texts()).toEqual(['Why?', 'Because.']);
  expect(chat.state.branch[1]?.siblings).toEqual(['r', 'n']);
});

test('changes in other Experiences are nothing to read for', async () => {
  await openWith({ text: 'Because.' });
  const before = way.requests.length;
  way.stream('events').send('change', {
    noun: 'messages',
    id: 'n',
    action: 'create',
    experience_id: 'other'
  });
  await settle(500);
  expect(way.requests).toHaveLength(before);
});

test('drafts belong to their conversation', async () => {
  await openWith({ text: 'Because.' });
  chat.setDraft('half');
  chat.newConversation();
  expect(chat.state.draft).toBe('');
  chat.setDraft('new');
  await chat.openConversation('c');
  expect(chat.state.draft).toBe('half');
  chat.newConversation();
  expect(chat.state.draft).toBe('new');
});

test('without a model nobody answers, and the demo model is fetched with its progress', async () => {
  let received = 0;
  way.answers['GET models'] = () => (received >= 98 ? [MODEL] : []);
  way.answers['GET models/default'] = () => {
    if (received >= 98) {
      return MODEL;
    }
    throw fault('model_missing');
  };
  const demo = (): unknown => ({
    state: received >= 98 ? 'complete' : 'running',
    received_bytes: received,
    total_bytes: 98
  });
  way.answers['POST models/demo'] = demo;
  way.answers['GET models/demo'] = demo;
  await chat.open('e');
  expect(chat.state).toMatchObject({ modelsKnown: true, answering: null });
  void chat.addDemo();
  await settle();
  expect(chat.state.demo?.received_bytes).toBe(0);
  received = 40;
  await settle(600);
  expect(chat.state.demo?.received_bytes).toBe(40);
  received = 98;
  await settle(600);
  expect(chat.state.answering?.name).toBe('Luna 1B');
});

test('an Experience’s own model answers before the default', async () => {
  const other = { ...MODEL, id: 'remote/sol', name: 'Sol' };
  way.answers['GET models'] = () => [MODEL, other];
  way.answers['PATCH experiences/*'] = ({ body }) => ({ ...EXPERIENCE, ...(body as object) });
  await chat.open('e');
  await chat.chooseModel('remote/sol');
  expect(chat.state.answering?.name).toBe('Sol');
  await chat.chooseModel(null);
  expect(chat.state.answering?.name).toBe('Luna 1B');
});

test('a disposed chat listens to nothing', async () => {
  await openWith({ status: 'running' });
  chat.dispose();
  expect(way.streams.every(stream => stream.signal.aborted)).toBe(true);
});

test('what is attached goes with the question, stays with its conversation, and comes back where it is taken back', async () => {
  await openWith({ text: 'Because.' });
  vi.useRealTimers();
  const names = await chat.attach([new File(['one'], 'a.md'), new File(['\0'], 'b.bin'), new File(['two'], 'c.md')]);
  vi.useFakeTimers();
  expect(names).toEqual(['a.md', 'c.md']);
  expect(chat.state.problem?.fault.message).toContain('“b.bin”');
  chat.newConversation();
  expect(chat.state.given).toEqual([]);
  await chat.openConversation('c');
  expect(chat.state.given.map(each => each.name)).toEqual(['a.md', 'c.md']);
  chat.detach(0);
  way.answers['POST conversations/*/messages'] = () => {
    throw fault('disk_full');
  };
  await chat.send('And then?');
  expect(way.requests.at(-1)?.body).toMatchObject({ attachments: [{ name: 'c.md', text: 'two' }] });
  expect(way.requests.at(-1)?.body).not.toHaveProperty('given_of');
  expect(chat.state.given).toEqual([]);
  expect(last().attachments.map(each => each.name)).toEqual(['c.md']);
  expect(chat.takeBack(last().id)).toBe('And then?');
  expect(chat.state.given.map(each => each.name)).toEqual(['c.md']);
});

/** A conversation of a question with two replies, the second shown; `deleted` is then answered without it. */
async function openForked(): Promise<void> {
  await openWith({ text: 'One' });
  messages = [...messages, newMessage({ id: 's', parent_id: 'q', author: 'assistant', text: 'Two' })];
  conversations = [newConversation({ head_id: 's', message_count: 3 })];
  await chat.openConversation('c');
}

function answerDeletion(): void {
  const kept = [...messages];
  way.answers['DELETE messages/*'] = () => {
    messages = kept.slice(0, 2);
    conversations = [newConversation({ head_id: 'r', message_count: 2, revision: 2 })];
    return { message_id: 's', messages: 1, conversation: conversations[0] };
  };
  way.answers['POST messages/*/restore'] = () => {
    messages = kept;
    conversations = [newConversation({ head_id: 's', message_count: 3, revision: 3 })];
    return { message_id: 's', messages: 1, conversation: conversations[0] };
  };
}

test('a deleted branch gives way to the one beside it, and comes back', async () => {
  await openForked();
  answerDeletion();
  expect(chat.state.forks).toBe(true);
  expect(chat.runs().map(each => each.first.id)).toEqual(['q', 'r', 's']);
  await chat.deleteBranch('s');
  expect(texts()).toEqual(['Why?', 'One']);
  expect(chat.state.forks).toBe(false);
  expect(chat.state.deleted?.messages).toBe(1);
  await chat.restoreBranch();
  expect(way.requests.filter(each => each.path === 'messages/s/restore')).toHaveLength(1);
  expect(texts()).toEqual(['Why?', 'Two']);
  expect(chat.state.forks).toBe(true);
  expect(chat.state.deleted).toBeNull();
});

test('a branch that the owner does not delete stays, and why is said', async () => {
  await openForked();
  way.answers['DELETE messages/*'] = () => {
    throw new ApiError({ code: 'reply_running', message: 'It is still being written.', remedy: 'Stop it first.' });
  };
  await chat.deleteBranch('s');
  expect(texts()).toEqual(['Why?', 'Two']);
  expect(chat.state.deleted).toBeNull();
  expect(chat.state.problem?.fault.remedy).toBe('Stop it first.');
});

test('an undo is no longer offered once the reader asks on', async () => {
  await openForked();
  answerDeletion();
  await chat.deleteBranch('s');
  await chat.send('And?');
  expect(chat.state.deleted).toBeNull();
});
