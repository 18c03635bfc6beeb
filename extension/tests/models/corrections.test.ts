import { expect, test } from 'vitest';

import { canBeSaid, changesOf, saidOf } from '../../src/models/corrections.js';
import { model } from './records.js';

const known = model('openai/gpt', { context_tokens: 128_000, tools: true });
const said = model('openai/gpt', {
  context_tokens: 64_000,
  tools: false,
  input_usd_per_million: '1.25',
  corrected: ['context_tokens', 'tools', 'input_usd_per_million']
});

test('the form holds what was said, and nothing of what is known', () => {
  expect(saidOf(known)).toMatchObject({ context_tokens: '', tools: '', input_usd_per_million: '' });
  expect(saidOf(said)).toMatchObject({ context_tokens: '64000', tools: 'false', input_usd_per_million: '1.25' });
});

test('only what is said otherwise is sent, as it was typed, and an emptied field takes it back', () => {
  expect(changesOf(said, saidOf(said))).toEqual({});
  expect(changesOf(known, { ...saidOf(known), context_tokens: ' 12k ', sees: 'true' })).toEqual({
    context_tokens: '12k',
    sees: true
  });
  expect(changesOf(said, { ...saidOf(said), context_tokens: '', tools: '' })).toEqual({
    context_tokens: null,
    tools: null
  });
});

test('of a model on this machine prices and pictures are settled', () => {
  const local = model('local/mine', { kind: 'local' });
  const asked = (['context_tokens', 'tools', 'temperature', 'sees', 'pdf', 'input_usd_per_million'] as const).map(fact =>
    canBeSaid(local, fact)
  );
  expect(asked).toEqual([true, true, true, false, false, false]);
});
