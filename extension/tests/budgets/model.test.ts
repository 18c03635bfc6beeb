import { afterEach, expect, test, vi } from 'vitest';

import { BudgetsModel } from '../../src/budgets/model.js';
import type { BudgetState } from '../../src/budgets/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { experience, StandInOwner } from '../standin.js';
import { budget, spent } from './records.js';

function bench(budgets: readonly BudgetState[]): { owner: StandInOwner; budgets: BudgetsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET budgets', budgets);
  owner.answers.set('GET experiences?state=all', [experience('Physics')]);
  return { owner, budgets: new BudgetsModel(owner) };
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['a reply has ended', { noun: 'messages', id: '9', action: 'finish' }],
  ['a report is made', { noun: 'runs', id: '9', action: 'finish' }],
  ['a budget has changed', { noun: 'budgets', id: 'b1', action: 'set' }],
  ['an Experience has another name', { noun: 'experiences', id: 'e1', action: 'update' }],
  ['the store is opened', { noun: 'owner', id: 'me', action: 'open' }]
])('budgets are read anew when %s', async (_, change) => {
  const { owner, budgets } = bench([spent(budget('b1'))]);
  await budgets.refresh();
  const more = spent(budget('b1'), { spent_usd: '19', percent: 95 });
  owner.answers.set('GET budgets', [more]);
  owner.tell(change);
  await vi.waitFor(() => {
    expect(budgets.state.budgets).toEqual([more]);
  });
});

test('without a budget a reply that ends asks for nothing, and neither does one that goes on', async () => {
  const { owner, budgets } = bench([]);
  await budgets.refresh();
  owner.asked.length = 0;
  vi.useFakeTimers();
  owner.tell({ noun: 'messages', id: '9', action: 'finish' });
  await vi.advanceTimersByTimeAsync(1000);
  owner.answers.set('GET budgets', [spent(budget('b1'))]);
  await budgets.refresh();
  owner.asked.length = 0;
  owner.tell({ noun: 'messages', id: '9', action: 'send' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(owner.asked).toEqual([]);
});

test('a budget begins again by itself when its day is over', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T23:50:00Z') });
  const { owner, budgets } = bench([spent(budget('b1', { period: 'day' }), { until: '2026-11-24T00:00:00Z' })]);
  await budgets.refresh();
  const fresh = spent(budget('b1', { period: 'day' }), { spent_usd: '0', percent: 0, until: '2026-11-25T00:00:00Z' });
  owner.answers.set('GET budgets', [fresh]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(budgets.state.budgets).toEqual([fresh]);
});

test('a budget is set, changed as it was read, and deleted; amounts go as text', async () => {
  const { owner, budgets } = bench([]);
  const made = budget('b1', { amount_usd: '0.1' });
  owner.answers.set('PUT budgets', made);
  owner.answers.set('GET budgets', [spent(made)]);
  const wanted = {
    period: 'month', experience_id: null, provider: null, amount_usd: '0.10', warn_percent: 80, enabled: true
  } as const;
  expect(await budgets.set(wanted)).toEqual(made);
  expect(owner.asked.find(each => each.call === 'PUT budgets')?.body).toEqual(wanted);
  expect(budgets.state.budgets).toEqual([spent(made)]);
  owner.answers.set('PATCH budgets/b1', { ...made, enabled: false });
  await budgets.change(made, { enabled: false });
  expect(owner.asked.find(each => each.call === 'PATCH budgets/b1')?.body).toEqual({ enabled: false, revision: 3 });
  owner.answers.set('DELETE budgets/b1', {});
  owner.answers.set('GET budgets', []);
  await budgets.remove('b1');
  expect(budgets.state.budgets).toEqual([]);
});

test('what was changed elsewhere is not written over, and is read', async () => {
  const { owner, budgets } = bench([spent(budget('b1'))]);
  await budgets.refresh();
  const elsewhere = spent(budget('b1', { amount_usd: '30', revision: 4 }));
  owner.answers.set('PATCH budgets/b1', new ApiError({ code: 'conflict', message: 'Changed.', status: 409 }));
  owner.answers.set('GET budgets', [elsewhere]);
  await expect(budgets.change(budget('b1'), { amount_usd: '5' })).rejects.toMatchObject({ code: 'conflict' });
  expect(budgets.state.budgets).toEqual([elsewhere]);
});

test('once disposed nothing is read any more', async () => {
  const { owner, budgets } = bench([spent(budget('b1'))]);
  await budgets.refresh();
  vi.useFakeTimers();
  budgets.dispose();
  owner.asked.length = 0;
  owner.unlocked.emit(undefined);
  owner.tell({ noun: 'budgets', id: 'b1', action: 'set' });
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(owner.asked).toEqual([]);
});
