import { nullTranslator } from '@jupyterlab/translation';
import { expect, test } from 'vitest';

import { dollars } from '../../src/budgets/amount.js';
import { amountProblem, budgetOf, changedBy, draftOf, EMPTY, warnProblem } from '../../src/budgets/draft.js';
import {
  budgetWords,
  coversWords,
  mostWords,
  spentWords,
  standingWords,
  besidesWords,
  untilWords
} from '../../src/budgets/words.js';
import { experience } from '../standin.js';
import { budget, spent } from './records.js';

const trans = nullTranslator.load('llm-workbench');
const physics = experience('Physics');

test.each([
  ['0', '$0.00'],
  ['20', '$20.00'],
  ['1234567.5', '$1,234,567.50'],
  ['0.1', '$0.10'],
  ['19.995', '$20.00'],
  ['0.0123456', '$0.012'],
  ['0.000001', '$0.0000010'],
  ['5E-9', '$0.000000005'],
  ['1E+2', '$100.00'],
  ['900719925474099.31', '$900,719,925,474,099.31']
])('%s is read as %s', (amount, words) => {
  expect(dollars(amount)).toBe(words);
});

test.each([
  [' ', 'Give an amount, as in 20 or 0.50.'],
  ['0,50', 'Give digits and a point only, as in 20 or 0.50; the unit is known.'],
  ['$5', 'Give digits and a point only, as in 20 or 0.50; the unit is known.'],
  ['-5', 'Give digits and a point only, as in 20 or 0.50; the unit is known.'],
  ['1e3', 'Give digits and a point only, as in 20 or 0.50; the unit is known.'],
  ['0.00', 'Give an amount above 0. To ask no model of a provider, disable the provider.'],
  ['0.0000001', 'Give at most six digits after the point.'],
  ['1000000.000001', 'Give at most 1000000.'],
  ['1000000', ''],
  ['0.5000000', ''],
  [' .5 ', '']
])('of the amount %j is said %j', (amount, problem) => {
  expect(amountProblem({ ...EMPTY, amount }, trans)).toBe(problem);
});

test.each(['', '0', '101', '8.5', '80%'])('%j is no share', warn => {
  expect(warnProblem({ ...EMPTY, warn }, trans)).toBe('Give a whole number from 1 to 100.');
});

test('a budget that is put into the form comes out as it was, to the last digit, and is the one changed', () => {
  const every = budget('b1');
  const one = budget('b2', { period: 'day', experience_id: physics.id, amount_usd: '123456.000001', warn_percent: 50 });
  const another = budget('b3', { provider: 'experience:odd' });
  const all = [every, one, another].map(each => spent(each));
  for (const each of [every, one, another]) {
    const { period, experience_id, provider, amount_usd, warn_percent, enabled } = each;
    const same = { period, experience_id, provider, amount_usd, warn_percent, enabled };
    expect(budgetOf(draftOf(each))).toEqual(same);
    expect(changedBy(draftOf(each), all)).toBe(each);
  }
  expect(changedBy({ ...draftOf(every), period: 'day' }, all)).toBeNull();
});

test('what a budget covers is said by name, and a name stays what it is', () => {
  const hostile = '<img src=x onerror=alert(1)>';
  expect(budgetWords(budget('b1'), [], trans)).toBe('Everything, each month');
  const odd = budget('b1', { period: 'day', provider: hostile });
  expect(budgetWords(odd, [], trans)).toBe(`The provider ${hostile}, each day`);
  expect(coversWords(budget('b1', { experience_id: physics.id }), [physics], trans)).toBe('The Experience Physics');
  expect(coversWords(budget('b1', { experience_id: physics.id }), [], trans)).toBe('An Experience');
  expect(mostWords(budget('b1', { period: 'day' }), trans)).toBe('at most $20.00 a day');
});

test('how much is spent is said with what is not counted, and until when', () => {
  const state = spent(budget('b1'), { unknown_requests: 3 });
  expect(spentWords(state, trans)).toBe('$1.20 of $20.00 is spent (6 %)');
  expect(besidesWords(state, trans)).toBe('3 requests of unknown cost are not counted.');
  expect(besidesWords({ ...state, unknown_requests: 1 }, trans)).toBe('1 request of unknown cost is not counted.');
  expect(besidesWords({ ...state, unknown_requests: 0 }, trans)).toBe('');
  expect(besidesWords({ ...state, estimated_requests: 1 }, trans)).toBe(
    'The least that was estimated is counted for 1 request. 3 requests of unknown cost are not counted.'
  );
  expect(untilWords({ until: '2026-12-15T12:00:00Z' }, 'en')).toContain('Dec 15, 2026');
});

test.each([
  [79, true, ''],
  [80, true, 'Warning'],
  [99, true, 'Warning'],
  [100, true, 'Reached'],
  [250, false, 'Off: it stops nothing']
])('at %d percent, enabled %s, it stands at %j', (percent, enabled, words) => {
  expect(standingWords(spent(budget('b1', { enabled }), { percent }), trans)).toBe(words);
});
