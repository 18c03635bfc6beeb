import { expect, test } from 'vitest';

import { cronOf, planOf, USUAL_PLAN } from '../../src/agents/plan.js';

test.each([
  [{ often: 'daily', time: '08:00' }, '0 8 * * *'],
  [{ often: 'weekly', weekday: 0, time: '23:59' }, '59 23 * * 0'],
  [{ often: 'monthly', day: 31, time: '00:05' }, '5 0 31 * *']
] as const)('%j is the cron line %s, and back', (said, cron) => {
  const plan = { ...USUAL_PLAN, ...said };
  expect(cronOf(plan)).toBe(cron);
  expect(planOf(cron)).toEqual(plan);
});

test('names of days and the second number of Sunday are understood', () => {
  expect(planOf('30 17 * * FRI')).toMatchObject({ often: 'weekly', weekday: 5, time: '17:30' });
  expect(planOf('30 17 * * 7')).toMatchObject({ often: 'weekly', weekday: 0 });
});

test.each(['*/15 * * * *', '0 8 * 1 *', '0 8 1 * 1', '0 8 * * 1-5', '0 8 L * *', '0 24 * * *', '0 8 32 * *', ''])(
  'the cron line %j takes more than a day and a time to say',
  cron => {
    expect(planOf(cron)).toBeNull();
  }
);

test.each(['', '8', '24:00', '08:60', 'noon'])('%j is no time', time => {
  expect(cronOf({ ...USUAL_PLAN, time })).toBeNull();
});
