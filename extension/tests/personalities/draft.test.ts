import { expect, test } from 'vitest';

import { characterOf, draftOf, EMPTY, isChanged, nameProblem } from '../../src/personalities/draft.js';
import type { Personality } from '../../src/personalities/records.js';

export const TUTOR: Personality = {
  id: 'p1',
  name: 'Tutor',
  description: 'Teaches.',
  character: {
    role: 'a tutor',
    traits: ['patient', 'exact'],
    tone: 'warm',
    style: '',
    formality: 'casual',
    audience: '',
    do: ['Ask.'],
    dont: [],
    examples: [{ question: 'Why?', answer: 'So.' }],
    language: '',
    emoji: null,
    length: 'brief'
  },
  instruction: 'You are a tutor.',
  template: null,
  version: 2,
  state: 'active',
  created_at: '2026-11-01T00:00:00Z',
  updated_at: '2026-11-01T00:00:00Z',
  revision: 2,
  trashed_at: null
};

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
