import { nullTranslator } from '@jupyterlab/translation';
import { expect, test } from 'vitest';

import { contextWords, kindWords, limitWords, seesWords, sizeWords } from '../../src/models/words.js';
import { model, SERVICES } from './records.js';

const trans = nullTranslator.load('llm-workbench');

test.each([
  [model('local/mine', { kind: 'local' }), 'On this machine'],
  [model('openai/gpt-5-mini'), 'OpenAI'],
  [model('gemini/gemini-2.5-flash', { kind: 'gemini' }), 'Gemini'],
  [model('groq/llama'), 'Groq'],
  [model('ollama/qwen3:8b'), "A server that speaks OpenAI's format"],
  [model('gateway/claude', { kind: 'anthropic' }), "A server that speaks Anthropic's format"],
  [model('cohere/command', { kind: 'litellm' }), 'A server that litellm reads; its replies are not verified'],
  [model('openai/claude', { kind: 'anthropic' }), "A server that speaks Anthropic's format"]
])('%j is described', (each, words) => {
  expect(kindWords(each, SERVICES, trans)).toBe(words);
});

test('a context window is in tokens, or unknown', () => {
  expect(contextWords(model('a/b', { context_tokens: 128_000 }), 'en', trans)).toBe('128,000 tokens');
  expect(contextWords(model('a/b'), 'en', trans)).toBe('unknown');
});

test('of the limits that a provider says, those that are unknown are left out', () => {
  const said = (context_tokens: number | null, max_output_tokens: number | null): string =>
    limitWords({ model: 'm', context_tokens, max_output_tokens }, 'en', trans);
  expect(said(1_048_576, 65_536)).toBe('reads 1,048,576 tokens, writes 65,536');
  expect(said(32_768, null)).toBe('reads 32,768 tokens');
});

test('whether it sees is yes, no or unknown', () => {
  const words = [true, false, null].map(sees => seesWords(model('a/b', { sees }), trans));
  expect(words).toEqual(['yes', 'no', 'unknown']);
});

test('a size has few figures', () => {
  expect([98_362_432, 4_700_000_000].map(sizeWords)).toEqual(['98 MB', '4.7 GB']);
});
