import { expect, test } from 'vitest';

import { characterOf, draftOf, EMPTY, isChanged, nameProblem } from '../../src/personalities/draft.js';
import { TUTOR } from './records.js';

test('what is read into the fields and not touched says the same', () => {
  const draft = draftOf(TUTOR);
  expect(draft.traits).toBe('patient\nexact');
  expect(characterOf(draft)).toEqual(TUTOR.character);
  expect(isChanged(draft, draftOf(TUTOR))).toBe(false);
  expect(isChanged({ ...draft, tone: 'dry' }, draftOf(TUTOR))).toBe(true);
});

test('empty lines and examples of which nothing is written are left out, half an example is not', () => {
  const draft = {
    ...EMPTY,
    traits: ' patient \n\n',
    examples: [
      { question: ' ', answer: '' },
      { question: 'Why?', answer: '' }
    ]
  };
  expect(characterOf(draft).traits).toEqual(['patient']);
  expect(characterOf(draft).examples).toEqual([{ question: 'Why?', answer: '' }]);
});

test.each([
  ['', null, 'empty'],
  ['  ', null, 'empty'],
  ['x'.repeat(101), null, 'long'],
  [' tutor ', null, 'taken'],
  ['Tutor', 'p1', null],
  ['Critic', null, null]
])('the name %j, of %j, is %j', (name, own, problem) => {
  expect(nameProblem(name, [TUTOR], own)).toBe(problem);
});
