import { expect, test, vi } from 'vitest';

import { begun, OWN } from '../../src/trials/draft.js';
import { TrialsModel } from '../../src/trials/model.js';
import { experience, StandInOwner } from '../standin.js';

const TRIAL = { id: 't1', name: 'A / B', state: 'running', rated: 0 };
const PAIR = { number: 1, total: 2, turns: [], left: 'one', right: 'two' };

function bench(): { owner: StandInOwner; trials: TrialsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET trials', [TRIAL]);
  owner.answers.set('GET trials/sets', [{ name: 'teaching', title: 'Teaching', cases: [] }]);
  owner.answers.set('GET models', []);
  owner.answers.set('GET personalities', []);
  owner.answers.set('GET prompts', []);
  owner.answers.set('GET rules', { rules: [{ id: 'r1', name: 'Secrets' }], order: [], detectors: {} });
  owner.answers.set('GET experiences', [experience('Physics')]);
  owner.answers.set('GET conversations?limit=50', { conversations: [] });
  owner.answers.set('GET trials/t1/report', { trial: TRIAL });
  owner.answers.set('POST trials', TRIAL);
  owner.answers.set('POST trials/t1/run', TRIAL);
  return { owner, trials: new TrialsModel(owner) };
}

test('a trial is made of what is written, run and shown', async () => {
  const { owner, trials } = bench();
  await trials.refresh();
  expect([trials.state.rules[0]?.name, trials.state.experiences[0]?.name]).toEqual(['Secrets', 'Physics']);
  await trials.run({ ...begun('teaching'), from: OWN, questions: 'Why?' }, 't1');
  const made = owner.asked.find(each => each.call === 'POST trials');
  expect(made?.body).toMatchObject({ id: 't1', case_set: null, cases: [{ name: '1. Why?' }] });
  expect(owner.asked.map(each => each.call)).toContain('POST trials/t1/run');
  expect(trials.state).toMatchObject({ shown: 't1', report: { trial: { id: 't1' } }, pair: null });
});

test('the questions of a conversation are read when they are needed', async () => {
  const { owner, trials } = bench();
  owner.answers.set('GET trials/cases?conversation=c1', [{ name: 'Why?' }]);
  owner.answers.set('POST trials/estimate', { lines: ['It costs nothing.'] });
  await trials.estimate({ ...begun('teaching'), from: 'conversation', conversation: 'c1' });
  expect(owner.asked.at(-1)?.body).toMatchObject({ cases: [{ name: 'Why?' }] });
});

test('a pair is rated once, and the next one is read', async () => {
  const { owner, trials } = bench();
  owner.answers.set('GET trials/t1/report', { trial: { ...TRIAL, state: 'rating' } });
  owner.answers.set('GET trials/t1/pair', PAIR);
  owner.answers.set('PUT trials/t1/ratings/1', TRIAL);
  await trials.show('t1');
  expect(trials.state.pair).toEqual(PAIR);
  owner.answers.set('GET trials/t1/pair', { ...PAIR, number: 2 });
  await Promise.all([trials.rate('left'), trials.rate('left')]);
  expect(owner.asked.filter(each => each.call === 'PUT trials/t1/ratings/1').map(each => each.body)).toEqual([
    { choice: 'left' }
  ]);
  expect(trials.state.pair?.number).toBe(2);
});

test('single replies are read when they are listed, and not before a blind rating has ended', async () => {
  const { owner, trials } = bench();
  const results = (): number => owner.asked.filter(each => each.call === 'GET trials/t1/results').length;
  owner.answers.set('GET trials/t1/results', [{ id: 'r1', text: 'So.' }]);
  owner.answers.set('GET trials/t1/report', { trial: { ...TRIAL, state: 'paused', outcome: 'rating' } });
  await trials.show('t1');
  await trials.list();
  expect([results(), trials.state.results]).toEqual([0, null]);
  owner.answers.set('GET trials/t1/report', { trial: { ...TRIAL, state: 'done', outcome: 'rating' } });
  await trials.refresh();
  expect([results(), trials.state.results?.[0]?.text]).toEqual([1, 'So.']);
  await trials.show('t1');
  expect([results(), trials.state.results]).toEqual([1, null]);
});

test('progress is read when the owner says so', async () => {
  const { owner, trials } = bench();
  await trials.show('t1');
  owner.answers.set('GET trials/t1/report', { trial: { ...TRIAL, asked: 3 } });
  owner.tell({ noun: 'trials', id: 't1', action: 'progress' });
  await vi.waitFor(() => {
    expect(trials.state.report?.trial.asked).toBe(3);
  });
});
