import { expect, test } from 'vitest';

import { EMPTY, FILE, missing, needsKey, needsUrl, providerOf, remoteOf, SERVER } from '../../src/models/draft.js';
import { provider, SERVICES } from './records.js';

const NOTHING = { services: SERVICES, providers: [] };

test('a service is asked for by name alone, and its address is left to the owner', () => {
  expect(remoteOf({ ...EMPTY, choice: 'anthropic', name: ' claude-sonnet-4-5 ' }, ' sk-ant-1\n', NOTHING)).toEqual({
    provider: 'anthropic',
    base_url: null,
    kind: null,
    name: 'claude-sonnet-4-5',
    api_key: 'sk-ant-1',
    sees: null
  });
});

test('of another server everything is said, and what belongs to it does not go with a service', () => {
  const draft = {
    ...EMPTY,
    choice: SERVER,
    name: 'qwen3:8b',
    baseUrl: ' http://localhost:11434/v1 ',
    provider: 'ollama',
    format: 'anthropic',
    sees: 'no'
  } as const;
  expect(remoteOf(draft, '', NOTHING)).toEqual({
    provider: 'ollama',
    base_url: 'http://localhost:11434/v1',
    kind: 'anthropic',
    name: 'qwen3:8b',
    api_key: null,
    sees: false
  });
  expect(remoteOf({ ...draft, choice: 'openai' }, '', NOTHING)).toMatchObject({ provider: 'openai', base_url: null, kind: null });
});

test('a server without a name is called after its host, as on the command line', () => {
  const draft = { ...EMPTY, choice: SERVER, baseUrl: 'https://llm.Example.com:8000/v1' };
  expect(remoteOf(draft, '', NOTHING).provider).toBe('llm-example-com');
  expect(providerOf('http://[::1]:8080')).toBe('1');
  expect(providerOf(`https://${'a.'.repeat(60)}com`)).toHaveLength(40);
  expect(providerOf('not a url')).toBe('not-a-url');
  expect(providerOf('')).toBe('');
});

test('what is missing is named in the order of the form', () => {
  expect(missing(EMPTY, false, NOTHING)).toEqual(['name', 'key']);
  expect(missing({ ...EMPTY, choice: SERVER }, false, NOTHING)).toEqual(['baseUrl', 'name']);
  expect(missing({ ...EMPTY, choice: FILE, path: ' ' }, false, NOTHING)).toEqual(['path']);
  expect(missing({ ...EMPTY, name: 'gpt-5-mini' }, true, NOTHING)).toEqual([]);
});

test('a service needs a key until there is one, kept or read from a variable', () => {
  expect(needsKey(EMPTY, NOTHING)).toBe(true);
  expect(needsKey(EMPTY, { ...NOTHING, providers: [provider('openai')] })).toBe(true);
  for (const known of [provider('openai', { key_hint: '' }), provider('openai', { key_env: 'OPENAI_API_KEY' })]) {
    expect(needsKey(EMPTY, { ...NOTHING, providers: [known] })).toBe(false);
    expect(missing({ ...EMPTY, name: 'gpt-5' }, false, { ...NOTHING, providers: [known] })).toEqual([]);
  }
});

test('a service whose address is each one\'s own is given it once', () => {
  const draft = { ...EMPTY, choice: 'bedrock', name: 'nova', baseUrl: ' https://bedrock-runtime.eu-west-1.amazonaws.com ' };
  const set = { ...NOTHING, providers: [provider('bedrock', { kind: 'litellm', key_hint: 'a1b2' })] };
  expect(missing({ ...draft, baseUrl: '' }, true, NOTHING)).toEqual(['baseUrl']);
  expect(remoteOf(draft, 'k', NOTHING)).toMatchObject({ base_url: draft.baseUrl.trim(), kind: null, provider: 'bedrock' });
  expect(missing({ ...draft, baseUrl: '' }, false, set)).toEqual([]);
  expect(remoteOf(draft, '', set)).toMatchObject({ base_url: null });
  expect(needsUrl({ ...EMPTY, choice: 'cohere' }, NOTHING)).toBe(false);
});

test('a service that takes no key is asked for without one', () => {
  expect(needsKey({ ...EMPTY, choice: 'ollama-chat' }, NOTHING)).toBe(false);
});
