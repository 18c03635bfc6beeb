import { expect, test, vi } from 'vitest';

import type { Model } from '../../src/chat/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { ModelsModel, quarter } from '../../src/models/model.js';
import { StandInOwner } from '../standin.js';
import { download, model, provider, SERVICES } from './records.js';

const MINI = model('openai/gpt-5-mini');
const QWEN = model('ollama/qwen3:8b');
const NONE = new ApiError({ code: 'model_missing', message: 'There is no model yet.', remedy: 'Add one.', status: 409 });

function bench(...models: readonly Model[]): { owner: StandInOwner; models: ModelsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET models', models);
  owner.answers.set('GET providers', [provider('local', { kind: 'local', base_url: null }), provider('openai')]);
  owner.answers.set('GET models/default', models[0] ?? NONE);
  owner.answers.set('GET providers/known', SERVICES);
  owner.answers.set('GET models/demo', download('idle'));
  return { owner, models: new ModelsModel(owner) };
}

test('the models are read, with the default among them', async () => {
  const { models } = bench(MINI, QWEN);
  await models.refresh();
  expect(models.state).toMatchObject({ phase: 'ready', defaultId: MINI.id, defaultFault: null, fault: null });
  expect(models.state.models).toEqual([MINI, QWEN]);
});

test('the providers that everybody knows are read once', async () => {
  const { owner, models } = bench(MINI);
  await models.refresh();
  await models.refresh();
  expect(models.state.services).toEqual(SERVICES);
  expect(owner.asked.filter(each => each.call === 'GET providers/known')).toHaveLength(1);
});

test('having no model yet is no fault', async () => {
  const { models } = bench();
  await models.refresh();
  expect(models.state).toMatchObject({ phase: 'ready', models: [], defaultId: null, defaultFault: null });
});

test('a default whose file is gone is said with the way on', async () => {
  const { owner, models } = bench(model('local/mine', { kind: 'local', available: false }));
  owner.answers.set('GET models/default', NONE);
  await models.refresh();
  expect(models.state).toMatchObject({ defaultId: null, defaultFault: { message: NONE.message, remedy: NONE.remedy } });
});

test('a model that is added is asked for as it is given, and is there afterwards', async () => {
  const { owner, models } = bench();
  await models.refresh();
  owner.answers.set('POST models/remote', MINI);
  owner.answers.set('GET models', [MINI]);
  owner.answers.set('GET models/default', MINI);
  const remote = { provider: 'openai', base_url: null, kind: null, name: 'gpt-5-mini', api_key: 'sk-1', sees: null };
  expect(await models.addRemote(remote)).toEqual(MINI);
  expect(owner.asked.find(each => each.call === 'POST models/remote')?.body).toEqual(remote);
  expect(models.state).toMatchObject({ models: [MINI], defaultId: MINI.id });
  expect(JSON.stringify(models.state)).not.toContain('sk-1');
});

test('a refusal reaches who asked, and changes nothing', async () => {
  const { owner, models } = bench(QWEN);
  await models.refresh();
  const refusal = new ApiError({ code: 'invalid_input', message: 'No.', remedy: 'Another.', status: 400 });
  owner.answers.set('POST models/files', refusal);
  await expect(models.addFile('/no.gguf')).rejects.toBe(refusal);
  expect(models.state).toMatchObject({ phase: 'ready', models: [QWEN], fault: null });
});

test('a list asked for before another default was chosen does not undo it', async () => {
  const { owner, models } = bench(MINI, QWEN);
  await models.refresh();
  let answer: (list: unknown) => void = () => undefined;
  owner.answers.set('GET models', () => new Promise(resolve => { answer = resolve; }));
  const reading = models.refresh();
  owner.answers.set('PUT models/default', QWEN);
  await models.setDefault(QWEN.id);
  answer([MINI, QWEN]);
  await reading;
  expect(models.state.defaultId).toBe(QWEN.id);
});

test('a model is removed under its whole name, whatever signs are in it', async () => {
  const odd = model('server/made/up:8b?#%');
  const { owner, models } = bench(odd);
  await models.refresh();
  owner.answers.set('DELETE models/server/made/up%3A8b%3F%23%25', {});
  owner.answers.set('GET models', []);
  owner.answers.set('GET models/default', NONE);
  await models.remove(odd.id);
  expect(models.state).toMatchObject({ models: [], defaultId: null });
});

test('what other windows do to models is seen', async () => {
  const { owner, models } = bench(MINI);
  await models.refresh();
  owner.answers.set('GET models', [MINI, QWEN]);
  owner.answers.set('GET models/default', QWEN);
  owner.tell({ noun: 'models', id: QWEN.id, action: 'add' });
  await vi.waitFor(() => {
    expect(models.state).toMatchObject({ models: [MINI, QWEN], defaultId: QWEN.id });
  });
});

test('the demo model on its way is followed, and nothing else is read for it', async () => {
  const { owner, models } = bench();
  await models.refresh();
  owner.asked.length = 0;
  owner.answers.set('GET models/demo', download('running', { received_bytes: 40 }));
  owner.tell({ noun: 'downloads', id: 'local/demo', action: 'running' });
  await vi.waitFor(() => {
    expect(models.state.demo).toMatchObject({ state: 'running', received_bytes: 40 });
  });
  expect(owner.asked.map(each => each.call)).toEqual(['GET models/demo']);
});

test('a change of something else asks for nothing', async () => {
  const { owner, models } = bench(MINI);
  await models.refresh();
  owner.asked.length = 0;
  owner.tell({ noun: 'messages', id: '9', action: 'finish' });
  await new Promise(resolve => setTimeout(resolve, 150));
  expect(owner.asked).toEqual([]);
});

test('fetching the demo model is begun and cancelled', async () => {
  const { owner, models } = bench();
  await models.refresh();
  owner.answers.set('POST models/demo', download('running'));
  owner.answers.set('GET models/demo', download('running'));
  await models.fetchDemo();
  expect(models.state.demo?.state).toBe('running');
  owner.answers.set('POST models/demo/cancel', download('cancelled', { received_bytes: 7 }));
  await models.cancelDemo();
  expect(models.state.demo).toMatchObject({ state: 'cancelled', received_bytes: 7 });
});

test('an owner that is away is said, and the models stay', async () => {
  const { owner, models } = bench(MINI);
  await models.refresh();
  owner.answers.set('GET models', new ApiError({ code: 'owner_unreachable', message: 'It does not answer.' }));
  await models.refresh();
  expect(models.state).toMatchObject({ phase: 'failed', fault: { code: 'owner_unreachable' }, models: [MINI] });
});

test('unlocking anywhere reads everything', async () => {
  const { owner, models } = bench(MINI);
  owner.answers.set('GET models', new ApiError({ code: 'locked', message: 'Locked.', status: 423 }));
  await models.refresh();
  expect(models.state.fault?.code).toBe('locked');
  owner.answers.set('GET models', [MINI]);
  owner.answers.set('POST unlock', {});
  await owner.unlock('correct horse');
  await vi.waitFor(() => {
    expect(models.state).toMatchObject({ phase: 'ready', fault: null, models: [MINI] });
  });
});

test('once disposed nothing is read any more', async () => {
  const { owner, models } = bench(MINI);
  await models.refresh();
  models.dispose();
  owner.asked.length = 0;
  owner.unlocked.emit(undefined);
  owner.tell({ noun: 'models', id: 'x', action: 'add' });
  await new Promise(resolve => setTimeout(resolve, 150));
  expect(owner.asked).toEqual([]);
});

test.each([
  [0, 100, 0],
  [24, 100, 0],
  [50, 100, 50],
  [100, 100, 100],
  [120, 100, 100],
  [5, null, null]
])('%d of %s bytes are said as %s per cent', (received_bytes, total_bytes, said) => {
  expect(quarter(download('running', { received_bytes, total_bytes }))).toBe(said);
});
