import { nullTranslator } from '@jupyterlab/translation';
import { expect, test } from 'vitest';

import { costWords, days, lasting, moment, planWords, progressWords, weekdayName } from '../../src/agents/words.js';
import { run } from './records.js';

const trans = nullTranslator.load('llm-workbench');
const NOW = Date.parse('2026-11-23T08:01:15Z');

test.each([
  [0, '0 s'],
  [-5000, '0 s'],
  [59_999, '59 s'],
  [185_000, '3 min 5 s'],
  [3_720_000, '1 h 2 min']
])('%d ms last %s', (milliseconds, words) => {
  expect(lasting(milliseconds)).toBe(words);
});

test('a run says how long it has waited, and how far it is', () => {
  const waiting = run('1', { state: 'queued', started_at: null, ended_at: null, cell: 0 });
  expect(progressWords(waiting, NOW, trans)).toBe('Waiting for 1 min 14 s: agents run one after another.');
  const running = { ...waiting, state: 'running', started_at: '2026-11-23T08:01:00Z' } as const;
  expect(progressWords(running, NOW, trans)).toBe('Running for 15 s: it is being started.');
  expect(progressWords({ ...running, cell: 4 }, NOW, trans)).toBe('Running for 15 s: step 4 of 16.');
  const fault = { code: 'disk_full', message: 'The disk is full.', remedy: 'Make room.' };
  expect(progressWords({ ...running, fault }, NOW, trans)).toBe('Waiting: The disk is full. Make room.');
});

test.each([
  [null, 0, ''],
  [null, 2, 'cost unknown'],
  ['0', 0, '$0'],
  ['0.003000000', 0, '$0.003'],
  ['0.000001000', 0, 'less than $0.0001'],
  ['1.5', 1, '$1.50, and more that is unknown']
])('a cost of %s with %d unknown is said as %j', (cost_usd, of_unknown_cost, words) => {
  expect(costWords(run('1', { cost_usd, of_unknown_cost }), trans)).toBe(words);
});

test('times are said in the zone of the schedule', () => {
  const time = '2026-11-30T07:00:00Z';
  expect(moment(time, 'en', 'Europe/Berlin')).toMatch(/^Mon, Nov 30, 2026, 8:00\sAM \(Europe\/Berlin\)$/);
  expect(moment(time, 'en', 'No/Where')).toMatch(/7:00\sAM \(UTC\)$/);
  expect(days(run('1'), 'en')).toMatch(/^Nov 16\s–\s23, 2026$/);
});

test('plans are said in the language of the reader', () => {
  expect(planWords('0 8 * * 1', 'en', trans)).toMatch(/^every Monday at 8:00\sAM$/);
  expect(planWords('30 17 * * *', 'de', trans)).toBe('every day at 17:30');
  expect(planWords('0 8 31 * *', 'en', trans)).toMatch(/^on day 31 of every month/);
  expect(planWords('*/5 * * * *', 'en', trans)).toBe('at the times of the cron line “*/5 * * * *”');
  expect(weekdayName(0, 'de')).toBe('Sonntag');
});
