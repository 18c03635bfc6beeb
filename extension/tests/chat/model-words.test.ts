import { expect, test } from 'vitest';

import { figures } from '../../src/chat/message.js';
import { abilities, matching, named, ownFigures, providerOf } from '../../src/chat/model-words.js';
import type { Message } from '../../src/chat/records.js';
import { model } from '../models/records.js';
import { newMessage } from './scripted.js';

const t = (text: string): string => text;
const seer = model('openai/seer', { sees: true, tools: false, context_tokens: 8000 });
const free = model('local/tiny', { kind: 'local', input_usd_per_million: '0', output_usd_per_million: '0' });

test('models are found by every word: name, provider, abilities, local and free', () => {
  const found = (query: string): string[] => matching([seer, free], query).map(each => each.id);
  expect(found('')).toEqual(['openai/seer', 'local/tiny']);
  expect(found('VISION')).toEqual(['openai/seer']);
  expect(found('local free')).toEqual(['local/tiny']);
  expect(found('openai see')).toEqual(['openai/seer']);
  expect(found('vision free')).toEqual([]);
  expect(found('tools')).toEqual([]);
});

test('what is not known of a model is left out, and an unknown price is not free', () => {
  expect(abilities(model('a/b'), t)).toBe('');
  expect(abilities(seer, t)).toBe('vision · no tools · 8K tokens');
  expect(abilities(free, t)).toBe('free');
  const facts = { pdf: false, max_output_tokens: 4000, input_usd_per_million: '2.5', output_usd_per_million: '10' };
  expect(abilities(model('a/b', { ...facts, priced_on: '2026-10-21' }), t)).toBe(
    'no PDFs · replies to 4K · $2.5 read, $10 written a million · prices of 2026-10-21'
  );
  expect(abilities(model('a/b', { deprecated_on: '2099-01-31' }), t)).toBe('ends 2099-01-31');
  expect(abilities(model('a/b', { temperature: true }), t)).toBe('');
  expect(abilities(model('a/b', { temperature: false }), t)).toBe('no temperature');
  expect(abilities(model('a/b', { deprecated_on: '2026-01-31', ended: true }), t)).toBe('ended 2026-01-31');
});

test('own figures are in few words, and none where a model was not asked', () => {
  expect(ownFigures(undefined, t)).toBe('');
  const unknown = { first_token_ms: null, tokens_per_second: null, cost_usd: null };
  const some = { model: 'a/b', replies: 6, failed: 0, rated: 0, liked: 0, ...unknown };
  expect(ownFigures(some, t)).toBe('Yours: 6 replies');
  expect(ownFigures({ ...some, replies: 1 }, t)).toBe('Yours: 1 reply');
  expect(ownFigures({ ...some, rated: 4, liked: 3 }, t)).toBe('Yours: 6 replies, 3 of 4 liked');
});

test('a name that two models have is told apart by their providers', () => {
  const [near, far] = [model('near/luna'), model('far/luna')];
  const models = [near, far, model('far/sol')];
  expect(models.map(each => named(each, models, t))).toEqual(['luna · near', 'luna · far', 'sol']);
  expect(named(model('local/luna'), models, t)).toBe('luna · This computer');
});

test('the provider of a reply is said once', () => {
  const of = (name: string, fields: Partial<Message>): string => providerOf(newMessage(fields), name, t);
  expect(of('gpt-5', { model: 'openai/gpt-5', provider: 'openai' })).toBe('openai');
  expect(of('gpt-5', { model: 'openai/gpt-5' })).toBe('openai');
  expect(of('OpenAI/gpt-5', { provider: 'openai' })).toBe('');
  expect(of('sun-my-own', { provider: 'my_own' })).toBe('');
  expect(of('llama', { provider: 'a' })).toBe('a');
  expect(of('smollm2', { model: 'local/smollm2' })).toBe('This computer');
  expect(of('Model', {})).toBe('');
});

test('an unknown cost is said to be, and a cost of 0 is free', () => {
  const cost = (fields: Partial<Message>): string => figures(newMessage(fields), t);
  expect(cost({ output_tokens: 2, total_ms: 1500 })).toBe('2 tokens · 1.5 s · cost unknown');
  expect(cost({ output_tokens: 2, cost_usd: '0.000000000' })).toBe('2 tokens · free');
  expect(cost({ output_tokens: 2, cost_usd: '0.001234' })).toBe('2 tokens · $0.0012');
  expect(cost({ output_tokens: 2, cost_usd: '0.5' })).toBe('2 tokens · $0.50');
  expect(cost({})).toBe('');
  expect(cost({ output_tokens: 2, cost_usd: '0.5', model_name: 'o3', unsent: ['temperature'] })).toBe(
    '2 tokens · $0.50 · temperature was not sent: o3 does not take it'
  );
});

test('a model whose replies are not verified says so', () => {
  expect(abilities(model('cohere/command', { verified: false }), t)).toBe('not verified');
});
