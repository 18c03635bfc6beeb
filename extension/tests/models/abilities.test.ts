import { nullTranslator } from '@jupyterlab/translation';
import { expect, test } from 'vitest';

import { facts } from '../../src/models/abilities.js';
import { model } from './records.js';

const trans = nullTranslator.load('llm-workbench');
const told = (other: Parameters<typeof model>[1]): Record<string, string> =>
  Object.fromEntries(facts(model('openai/gpt', other), 'en', trans));

test('what is not known of a model says so, and is never no or nothing', () => {
  expect(told({})).toEqual({
    'Longest reply': 'unknown',
    'Calls tools': 'unknown',
    Reasons: 'unknown',
    'Takes PDF files': 'unknown',
    'Takes a temperature': 'unknown',
    'Price, read': 'unknown',
    'Price, written': 'unknown'
  });
});

test('what is known of a model is told in words, with its units', () => {
  const known = told({
    max_output_tokens: 16_384,
    tools: true,
    reasoning: false,
    deprecated_on: '2026-11-30',
    input_usd_per_million: '2.5',
    cached_usd_per_million: '0.125',
    output_usd_per_million: '10',
    dearer_above_tokens: 200_000,
    priced_by: 'litellm 1.2.3',
    priced_on: '2026-10-21'
  });
  expect(known).toMatchObject({
    'Longest reply': '16,384 tokens',
    'Calls tools': 'yes',
    Reasons: 'no',
    'Ends on': 'Nov 30, 2026',
    'Price, read': '$2.50 for a million tokens',
    'Price, cached': '$0.125 for a million tokens',
    'Price, written': '$10.00 for a million tokens',
    'Price of large requests': 'higher above 200,000 tokens',
    'Prices as of': 'Oct 21, 2026, litellm 1.2.3'
  });
});

test('a model whose last day is past has ended', () => {
  const past = told({ deprecated_on: '2026-01-31', ended: true });
  expect(past).toMatchObject({ 'Ended on': 'Jan 31, 2026' });
  expect(past).not.toHaveProperty('Ends on');
});

test('what you say is marked as yours, and your prices too, with their day', () => {
  const own = { tools: true, input_usd_per_million: '1', priced_by: 'you', corrected: ['tools', 'input_usd_per_million'] };
  expect(told(own)).toMatchObject({ 'Calls tools': 'yes (yours)', 'Price, read': '$1.00 for a million tokens (yours)' });
  expect(told(own)).toMatchObject({ 'Prices as of': 'yours' });
  expect(told({ ...own, priced_on: '2026-11-29' })).toMatchObject({ 'Prices as of': 'Nov 29, 2026, yours' });
});

test('what runs on this machine costs nothing', () => {
  expect(told({ input_usd_per_million: '0', output_usd_per_million: '0' })['Price, read']).toBe('nothing');
});
