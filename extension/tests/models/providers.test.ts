import { expect, test } from 'vitest';

import { ModelsModel } from '../../src/models/model.js';
import { changesOf, fieldOf, keyOf, problemsOf, type Typed } from '../../src/models/providers.js';
import { StandInOwner } from '../standin.js';
import { download, model, provider } from './records.js';

const BEFORE = provider('p', { proxy: 'http://proxy:3128', headers: ['x-team'], first_token_s: 60 });
const AS_IT_IS: Typed = {
  key: '',
  keyEnv: '',
  baseUrl: 'https://api.example.com/v1',
  proxy: 'http://proxy:3128',
  connect: '',
  firstToken: '60',
  betweenTokens: '',
  headerName: '',
  headerValue: '',
  without: []
};

function bench(...names: readonly string[]): { owner: StandInOwner; models: ModelsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET models', [model('p/one')]);
  owner.answers.set('GET models/default', model('p/one'));
  owner.answers.set('GET models/demo', download('idle'));
  owner.answers.set('GET providers/known', []);
  owner.answers.set(
    'GET providers',
    names.map(name => provider(name, name === 'local' ? { kind: 'local' } : {}))
  );
  return { owner, models: new ModelsModel(owner) };
}

test('what was left as it is is not asked for', () => {
  expect(changesOf(BEFORE, AS_IT_IS)).toEqual({});
  expect(keyOf(BEFORE, AS_IT_IS)).toBeNull();
});

test('what was emptied goes back to the usual, and headers come and go by name', () => {
  const typed = { ...AS_IT_IS, proxy: ' ', firstToken: '', connect: '5', headerName: 'X-New', headerValue: 'v', without: ['x-team'] };
  expect(changesOf(BEFORE, typed)).toEqual({
    proxy: null,
    first_token_s: null,
    connect_s: 5,
    headers: { 'x-team': null, 'X-New': 'v' }
  });
});

test('what is wrong is seen before it is sent, each at its field', () => {
  const wrong = (typed: Partial<Typed>): unknown => Object.fromEntries(problemsOf(BEFORE, { ...AS_IT_IS, ...typed }));
  expect(wrong({})).toEqual({});
  expect(wrong({ proxy: '', connect: '1', firstToken: ' 3600 ', betweenTokens: '30.5' })).toEqual({});
  expect(wrong({ betweenTokens: '0x10' })).toEqual({ betweenTokens: 'seconds' });
  expect(wrong({ connect: '5s', firstToken: '0', betweenTokens: '3601' })).toEqual({
    connect: 'connect',
    firstToken: 'seconds',
    betweenTokens: 'seconds'
  });
  expect(wrong({ connect: '121' })).toEqual({ connect: 'connect' });
  for (const address of ['', 'api.example.com/v1', 'ftp://example.com', 'http://', 'https://a b']) {
    expect(wrong({ baseUrl: address })).toEqual({ baseUrl: 'address' });
  }
  expect(wrong({ proxy: 'proxy:3128' })).toEqual({ proxy: 'proxy' });
  expect(wrong({ keyEnv: 'sk-a-key' })).toEqual({ keyEnv: 'variable' });
  expect(wrong({ keyEnv: 'MINE', key: 'sk-a-key' })).toEqual({ keyEnv: 'both' });
  expect(wrong({ headerName: 'X-Team' })).toEqual({ headerValue: 'headerValue' });
  expect(wrong({ headerValue: 'red' })).toEqual({ headerName: 'headerName' });
});

test('a refusal of one change is told at its field, of several below them', () => {
  expect(fieldOf({ proxy: 'http://proxy:3128' })).toBe('proxy');
  expect(fieldOf({ headers: { host: 'a', te: 'b' } })).toBe('headerName');
  expect(fieldOf({ proxy: null, connect_s: 5 })).toBeNull();
  expect(fieldOf({})).toBeNull();
});

test('a key replaces, a variable is named, and what is there already is not said again', () => {
  const borrowing = provider('p', { key_env: 'MINE' });
  expect(keyOf(BEFORE, { ...AS_IT_IS, key: 'sk-1' })).toEqual({ api_key: 'sk-1', key_env: null });
  expect(keyOf(borrowing, { ...AS_IT_IS, keyEnv: 'MINE', key: 'sk-1' })).toEqual({ api_key: 'sk-1', key_env: null });
  expect(keyOf(borrowing, { ...AS_IT_IS, keyEnv: 'MINE' })).toBeNull();
  expect(keyOf(borrowing, { ...AS_IT_IS, keyEnv: 'OTHER' })).toEqual({ key_env: 'OTHER' });
});

test('the engine on this machine is not among the providers', async () => {
  const { models } = bench('local', 'p');
  await models.refresh();
  expect(models.state.providers.map(each => each.name)).toEqual(['p']);
});

test('a server that was found is added under a free name, and its models are there to choose', async () => {
  const { owner, models } = bench('ollama');
  const server = { name: 'ollama', base_url: 'http://127.0.0.1:11434/v1', models: ['a', 'b'], provider: null };
  owner.answers.set('GET providers/found', [server]);
  owner.answers.set('POST providers', provider('ollama-2'));
  await models.refresh();
  await models.look();
  expect(await models.addFound(server)).toBe('ollama-2');
  expect(models.state.found).toEqual([]);
  expect(models.state.choosing).toEqual({ provider: 'ollama-2', models: ['a', 'b'], added: [], limits: [] });
});

test('several models of a list are added at once, and are there', async () => {
  const { owner, models } = bench('p');
  owner.answers.set('POST providers/p/models', () => [model('p/two'), model('p/three')]);
  await models.addModels('p', ['two', 'three']);
  expect(owner.asked.find(each => each.call === 'POST providers/p/models')?.body).toEqual({ names: ['two', 'three'] });
  expect(models.state.phase).toBe('ready');
});

test('a change of a provider is read', async () => {
  const { owner, models } = bench('p');
  await models.refresh();
  owner.asked.length = 0;
  owner.tell({ noun: 'providers', id: 'p', action: 'update' });
  await expect.poll(() => owner.asked.map(each => each.call)).toContain('GET providers');
  models.dispose();
});
