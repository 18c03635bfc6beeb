import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChatModel } from '../../src/chat/model.js';
import type { Message, NewRating } from '../../src/chat/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { EXPERIENCE, MODEL, newConversation, newMessage, type Request, ScriptedTransport } from './scripted.js';

const QUESTION = newMessage({ id: 'q', text: 'Why?' });
const CONVERSATION = newConversation({ head_id: 'r', message_count: 2 });

let kept: Message;
let way: ScriptedTransport;
let chat: ChatModel;

beforeEach(async () => {
  vi.useFakeTimers();
  kept = newMessage({ id: 'r', parent_id: 'q', author: 'assistant', text: 'Because.' });
  way = new ScriptedTransport({
    'GET experiences/*': () => EXPERIENCE,
    'GET conversations': () => ({ conversations: [CONVERSATION], next_cursor: null, total: 1 }),
    'GET conversations/*': () => ({ conversation: CONVERSATION, messages: [QUESTION, kept] }),
    'GET messages/*': () => kept,
    'GET models': () => [MODEL],
    'GET models/default': () => MODEL,
    'PUT messages/*/rating': ({ body }: Request) => {
      const { rating, note } = body as NewRating;
      return (kept = { ...kept, rating: rating ?? kept.rating, rating_note: note ?? kept.rating_note });
    },
    'DELETE messages/*/rating': () => (kept = { ...kept, rating: null, rating_note: '' })
  });
  chat = new ChatModel(way);
  await chat.open('e');
});

afterEach(() => {
  chat.dispose();
  vi.useRealTimers();
});

const shown = (): Message | undefined => chat.state.branch.at(-1)?.message;

test('a thumb and a note are kept, and taken back together', async () => {
  expect(await chat.rate('r', { rating: 'down' })).toBe(true);
  expect(await chat.rate('r', { note: 'Too long.' })).toBe(true);
  expect(shown()).toMatchObject({ text: 'Because.', rating: 'down', rating_note: 'Too long.' });
  await chat.rate('r', null);
  expect(shown()).toMatchObject({ rating: null, rating_note: '' });
  expect(way.made('* messages/r/rating').map(each => [each.method, each.body])).toEqual([
    ['PUT', { rating: 'down' }],
    ['PUT', { note: 'Too long.' }],
    ['DELETE', undefined]
  ]);
});

test('a note that was taken back with its thumb comes back with the next one, once', async () => {
  await chat.rate('r', { rating: 'down' });
  await chat.rate('r', { note: 'Too long.' });
  await chat.rate('r', null);
  await chat.rate('r', { rating: 'up' });
  expect(shown()).toMatchObject({ rating: 'up', rating_note: 'Too long.' });
  await chat.rate('r', { note: '' });
  await chat.rate('r', null);
  await chat.rate('r', { rating: 'up' });
  expect(shown()).toMatchObject({ rating: 'up', rating_note: '' });
});

test('what is given at once arrives one after the other, so that the last one stands', async () => {
  await Promise.all([chat.rate('r', { rating: 'up' }), chat.rate('r', { note: 'Good.' }), chat.rate('r', null)]);
  expect(shown()).toMatchObject({ rating: null, rating_note: '' });
  expect(chat.state.problem).toBeNull();
});

test('a thumb that cannot be saved is not shown, and can be given again', async () => {
  const answer = way.answers['PUT messages/*/rating'];
  way.answers['PUT messages/*/rating'] = () => {
    throw new ApiError({ code: 'owner_unreachable', message: 'The Workbench does not answer.' });
  };
  expect(await chat.rate('r', { rating: 'up' })).toBe(false);
  expect(shown()?.rating).toBeNull();
  expect(chat.state.problem?.fault.message).toBe('The Workbench does not answer.');
  way.answers['PUT messages/*/rating'] = answer ?? (() => undefined);
  await chat.state.problem?.again?.();
  expect(shown()?.rating).toBe('up');
});

test('what another window thinks of a reply is shown, and nothing else is read for it', async () => {
  kept = { ...kept, rating: 'up', rating_note: 'From elsewhere.' };
  const before = way.requests.length;
  way.stream('events').send('change', { noun: 'messages', id: 'r', action: 'rate', experience_id: 'e' });
  way.stream('events').send('change', { noun: 'messages', id: 'other', action: 'rate', experience_id: 'e' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown()).toMatchObject({ rating: 'up', rating_note: 'From elsewhere.' });
  expect(way.requests.slice(before).map(each => each.path)).toEqual(['messages/r']);
});

test('of an answer that comes late only the thumb is taken: the reply may have gone on', async () => {
  let answer: (message: Message) => void = () => undefined;
  way.answers['PUT messages/*/rating'] = () => new Promise<Message>(resolve => (answer = resolve));
  way.answers['POST messages/*/continue'] = () => ({ ...kept, status: 'running' });
  const rating = chat.rate('r', { rating: 'up' });
  await vi.advanceTimersByTimeAsync(0);
  await chat.resume('r');
  way.stream('messages/r/stream').send('delta', { text: ' And more' });
  await vi.advanceTimersByTimeAsync(50);
  answer({ ...kept, rating: 'up' });
  await rating;
  expect(shown()).toMatchObject({ text: 'Because. And more', status: 'running', rating: 'up' });
});
