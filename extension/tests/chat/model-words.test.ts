import { expect, test } from 'vitest';

import { abilities, matching, ownFigures } from '../../src/chat/model-words.js';
import { model } from '../models/records.js';

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
});

test('own figures are in few words, and none where a model was not asked', () => {
  expect(ownFigures(undefined, t)).toBe('');
  const unknown = { first_token_ms: null, tokens_per_second: null, cost_usd: null };
  const some = { model: 'a/b', replies: 6, failed: 0, rated: 0, liked: 0, ...unknown };
  expect(ownFigures(some, t)).toBe('Yours: 6 replies');
  expect(ownFigures({ ...some, rated: 4, liked: 3 }, t)).toBe('Yours: 6 replies, 3 of 4 liked');
});
