import { afterEach, expect, test, vi } from 'vitest';

import { AlertsModel } from '../../src/alerts/model.js';
import type { Alert, Threshold } from '../../src/alerts/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { StandInOwner } from '../standin.js';
import { budget, spent } from '../budgets/records.js';
import { alert, threshold } from './records.js';

function bench(alerts: readonly Alert[], thresholds: readonly Threshold[]): { owner: StandInOwner; alerts: AlertsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET alerts', alerts);
  owner.answers.set('GET thresholds', thresholds);
  owner.answers.set('GET budgets', []);
  return { owner, alerts: new AlertsModel(owner) };
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['a reply has ended', { noun: 'messages', id: '9', action: 'finish' }],
  ['a report is made', { noun: 'runs', id: '9', action: 'finish' }],
  ['a threshold has changed', { noun: 'thresholds', id: 't1', action: 'set' }],
  ['a budget has changed', { noun: 'budgets', id: 'b1', action: 'set' }],
  ['the store is opened', { noun: 'owner', id: 'me', action: 'open' }]
])('alerts are read anew when %s', async (_, change) => {
  const { owner, alerts } = bench([], [threshold('t1')]);
  await alerts.refresh();
  owner.answers.set('GET alerts', [alert('a/b')]);
  owner.tell(change);
  await vi.waitFor(() => {
    expect(alerts.state.alerts).toEqual([alert('a/b')]);
  });
});

test('with a budget and no threshold alerts are read anew when a reply has ended', async () => {
  const { owner, alerts } = bench([], []);
  owner.answers.set('GET budgets', [spent(budget('b1'))]);
  await alerts.refresh();
  const raised = alert('', { threshold_id: null, budget_id: 'b1', measure: 'budget_usd', model: null });
  owner.answers.set('GET alerts', [raised]);
  owner.tell({ noun: 'messages', id: '9', action: 'finish' });
  await vi.waitFor(() => {
    expect(alerts.state.alerts).toEqual([raised]);
  });
});

test('without a threshold or a budget a reply that ends asks for nothing, and neither does one that goes on', async () => {
  const { owner, alerts } = bench([], []);
  await alerts.refresh();
  owner.asked.length = 0;
  vi.useFakeTimers();
  owner.tell({ noun: 'messages', id: '9', action: 'finish' });
  await vi.advanceTimersByTimeAsync(1000);
  owner.answers.set('GET thresholds', [threshold('t1')]);
  await alerts.refresh();
  owner.asked.length = 0;
  owner.tell({ noun: 'messages', id: '9', action: 'send' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(owner.asked).toEqual([]);
});

test('what changes while alerts are being read is read afterwards', async () => {
  const { owner, alerts } = bench([alert('a/b')], [threshold('t1')]);
  await alerts.refresh();
  let answer: (list: unknown) => void = () => undefined;
  owner.answers.set('GET alerts', () => new Promise(resolve => { answer = resolve; }));
  const reading = alerts.refresh();
  owner.tell({ noun: 'messages', id: '9', action: 'finish' });
  await new Promise(resolve => setTimeout(resolve, 0)); // the change has been heard
  owner.answers.set('GET alerts', [alert('a/b'), alert('c/d')]);
  answer([alert('a/b')]);
  await reading;
  await vi.waitFor(() => {
    expect(alerts.state.alerts).toEqual([alert('a/b'), alert('c/d')]);
  });
});

test('an alert that stands is looked at again, for it ends by itself', async () => {
  vi.useFakeTimers();
  const { owner, alerts } = bench([alert('a/b')], [threshold('t1')]);
  await alerts.refresh();
  owner.answers.set('GET alerts', []);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(alerts.state.alerts).toEqual([]);
  owner.asked.length = 0;
  await vi.advanceTimersByTimeAsync(6_000_000);
  expect(owner.asked).toEqual([]);
});

test('a threshold is set and removed as it is given, and known at once', async () => {
  const { owner, alerts } = bench([], []);
  const made = threshold('t1');
  owner.answers.set('PUT thresholds', made);
  owner.answers.set('GET thresholds', [made]);
  const wanted = { measure: 'reply_s', model: null, most: '2.5' } as const;
  expect(await alerts.set(wanted)).toEqual(made);
  expect(owner.asked.find(each => each.call === 'PUT thresholds')?.body).toEqual(wanted);
  expect(alerts.state).toMatchObject({ phase: 'ready', thresholds: [made] });
  owner.answers.set('DELETE thresholds/t1', {});
  owner.answers.set('GET thresholds', []);
  await alerts.remove('t1');
  expect(alerts.state.thresholds).toEqual([]);
});

test('an owner that is away is said, what was known stays, and coming back is seen', async () => {
  const { owner, alerts } = bench([alert('a/b')], [threshold('t1')]);
  await alerts.refresh();
  owner.answers.set('GET alerts', new ApiError({ code: 'locked', message: 'Locked.', status: 423 }));
  await alerts.refresh();
  expect(alerts.state).toMatchObject({ phase: 'failed', fault: { code: 'locked' }, alerts: [alert('a/b')] });
  owner.answers.set('GET alerts', []);
  owner.answers.set('POST unlock', {});
  await owner.unlock('correct horse');
  await vi.waitFor(() => {
    expect(alerts.state).toMatchObject({ phase: 'ready', fault: null, alerts: [] });
  });
});

test('once disposed nothing is read any more', async () => {
  const { owner, alerts } = bench([alert('a/b')], [threshold('t1')]);
  await alerts.refresh();
  vi.useFakeTimers();
  alerts.dispose();
  owner.asked.length = 0;
  owner.unlocked.emit(undefined);
  owner.tell({ noun: 'thresholds', id: 't1', action: 'set' });
  await vi.advanceTimersByTimeAsync(700_000);
  expect(owner.asked).toEqual([]);
});
