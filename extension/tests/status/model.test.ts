import { expect, test, vi } from 'vitest';

import { ApiError } from '../../src/chat/transport.js';
import { StatusModel } from '../../src/status/model.js';
import { StandInOwner } from '../standin.js';

function owner(): StandInOwner {
  const made = new StandInOwner();
  made.answers.set('GET status', { locked: false });
  made.answers.set('GET models/default', { name: 'SmolLM2 demo' });
  return made;
}

test('it names the model that answers', async () => {
  const status = new StatusModel(owner());
  await status.refresh();
  expect(status.standing).toEqual({ kind: 'ready', model: 'SmolLM2 demo' });
});

test('without a model it says so, and names one as soon as it is there', async () => {
  const bench = owner();
  bench.answers.set('GET models/default', new ApiError({ code: 'model_missing', message: 'None.', status: 409 }));
  const status = new StatusModel(bench);
  await status.refresh();
  expect(status.standing).toEqual({ kind: 'no-model' });
  bench.answers.set('GET models/default', { name: 'GPT' });
  bench.tell({ noun: 'models', id: 'x', action: 'create' });
  await vi.waitFor(() => {
    expect(status.standing).toEqual({ kind: 'ready', model: 'GPT' });
  });
});

test('a locked store is said to be locked until it is unlocked', async () => {
  const bench = owner();
  bench.answers.set('GET status', { locked: true });
  const status = new StatusModel(bench);
  await status.refresh();
  expect(status.standing).toEqual({ kind: 'locked' });
  bench.answers.set('GET status', { locked: false });
  bench.answers.set('POST unlock', {});
  await bench.unlock('correct horse');
  await vi.waitFor(() => {
    expect(status.standing.kind).toBe('ready');
  });
});

test('an owner that is away is said to be not reachable, and why', async () => {
  const bench = owner();
  bench.answers.set('GET status', new ApiError({ code: 'owner_unreachable', message: 'It does not answer.' }));
  const status = new StatusModel(bench);
  await status.refresh();
  expect(status.standing).toEqual({ kind: 'unreachable', why: 'It does not answer.' });
});
