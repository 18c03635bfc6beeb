import { nullTranslator } from '@jupyterlab/translation';
import { expect, test } from 'vitest';

import { changedBy, draftOf, EMPTY, problemOf, thresholdOf } from '../../src/alerts/draft.js';
import { countWords, mostWords, newsWords, thresholdWords } from '../../src/alerts/words.js';
import { alert, threshold } from './records.js';

const trans = nullTranslator.load('llm-workbench');

test.each([
  ['', 'Give a number, as in 2.5.'],
  ['  ', 'Give a number, as in 2.5.'],
  ['2s', 'Give digits and a point only, as in 2.5; the unit is known.'],
  ['2,5', 'Give digits and a point only, as in 2.5; the unit is known.'],
  ['-1', 'Give digits and a point only, as in 2.5; the unit is known.'],
  ['0x10', 'Give digits and a point only, as in 2.5; the unit is known.'],
  ['0', 'Give a number above 0.'],
  ['0.0000001', 'Give a number above 0.'],
  ['1000001', 'Give at most 1000000.'],
  ['2.5', ''],
  [' .5 ', ''],
  ['1000000', '']
])('of %j is said %j', (most, problem) => {
  expect(problemOf({ ...EMPTY, most }, trans)).toBe(problem);
});

test('a share is at most 100 percent', () => {
  expect(problemOf({ ...EMPTY, measure: 'failed_percent', most: '100.5' }, trans)).not.toBe('');
  expect(problemOf({ ...EMPTY, measure: 'failed_percent', most: '100' }, trans)).toBe('');
});

test('a threshold that is put into the form comes out as it was, and is the one that is changed', () => {
  const [all, one] = [threshold('t1'), threshold('t2', { model: 'a/b' })];
  expect(thresholdOf(draftOf(all))).toEqual({ measure: 'reply_s', model: null, most: '2.5' });
  expect(thresholdOf({ ...draftOf(one), most: ' 3 ' })).toEqual({ measure: 'reply_s', model: 'a/b', most: '3' });
  expect(changedBy(draftOf(one), [all, one])).toBe(one);
  expect(changedBy(draftOf(all), [one])).toBeNull();
});

test('how many stand is said in the right number', () => {
  expect([1, 2].map(count => countWords(count, trans))).toEqual(['1 alert', '2 alerts']);
});

test('a threshold is named with its unit', () => {
  expect(thresholdWords(threshold('t1'), trans)).toBe('Time for a whole reply, every model');
  expect(mostWords(threshold('t1', { measure: 'cost_usd' }), trans)).toBe('at most 2.5 US dollars');
});

test('news has the reason in it, however long the name is', () => {
  expect(newsWords([alert('a/b')], trans)).toBe(alert('a/b').message);
  const long = newsWords([alert(`a/${'b'.repeat(300)}`)], trans);
  expect(long.length).toBeLessThanOrEqual(140);
  expect(long).toMatch(/^a\/b+…: 9\.00 s for a reply, .*; your limit is 2\.5 s\.$/u);
  expect(newsWords([alert('a/b'), alert('c/d')], trans)).toBe('2 alerts are raised: models take more than you allow.');
});
