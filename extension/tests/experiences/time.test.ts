import { expect, test } from 'vitest';

import { ago } from '../../src/experiences/time.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2026-11-23T11:59:30Z', 'now'],
  ['2026-11-23T12:00:30Z', 'now'], // a clock that runs ahead
  ['2026-11-23T11:55:00Z', '5 min. ago'],
  ['2026-11-22T12:00:00Z', 'yesterday'],
  ['2026-11-09T12:00:00Z', '2 wk. ago'],
  ['2024-11-01T12:00:00Z', '2 yr. ago']
])('%s was %s', (time, words) => {
  expect(ago(time, 'en', NOW)).toBe(words);
});

test('a language as JupyterLab names it is understood, and an unknown one is not an error', () => {
  expect(ago('2026-11-22T12:00:00Z', 'de_DE', NOW)).toBe('gestern');
  expect(ago('2026-11-22T12:00:00Z', 'default', NOW)).toBe('yesterday');
});
