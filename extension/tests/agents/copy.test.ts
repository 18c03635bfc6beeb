import { expect, test } from 'vitest';

import { copyProblem, filesOf } from '../../src/agents/copy.js';

test('a copy is a page, a notebook, or both', () => {
  expect(filesOf({ name: ' Weekly ', asPage: true, asNotebook: true })).toEqual(['Weekly.html', 'Weekly.ipynb']);
  expect(filesOf({ name: 'Weekly', asPage: false, asNotebook: true })).toEqual(['Weekly.ipynb']);
});

test.each([
  ['Weekly report 2026-11-23', null],
  ['Wöchentlich 🧪', null],
  ['  ', 'empty'],
  ['x'.repeat(201), 'long'],
  ['../../etc/passwd', 'unusable'],
  ['a\\b', 'unusable'],
  ['.hidden', 'unusable'],
  ['a\nb', 'unusable']
])('the name %j is %s', (name, problem) => {
  expect(copyProblem({ name, asPage: true, asNotebook: false })).toBe(problem);
});

test('a copy as nothing is none', () => {
  expect(copyProblem({ name: 'Weekly', asPage: false, asNotebook: false })).toBe('nothing');
});
