import { expect, test } from 'vitest';

import { askedFor, contentOf, draftOf, EMPTY, isChanged, NEW_VARIABLE } from '../../src/prompts/draft.js';
import { has } from '../../src/prompts/library.js';
import { prompt, variable } from './records.js';

const FULL = prompt('recap', {
  folder: 'Work',
  tags: ['a', 'b c'],
  variables: [
    variable('points', { kind: 'number', default: 5, min: 1, max: 20 }),
    variable('tone', { kind: 'choice', choices: ['plain', 'formal'], default: 'plain', required: false }),
    variable('brief', { kind: 'yes/no', default: true, label: 'Keep it short' }),
    variable('text', { longest: 200 })
  ]
});

test('a prompt that is not changed is sent as it was, with defaults as texts', () => {
  const draft = draftOf(FULL);
  const { name, title, folder, tags, description, text, use } = FULL;
  const defaults = ['5', 'plain', 'yes', null];
  const variables = FULL.variables.map((each, at) => ({ ...each, default: defaults[at] }));
  expect(contentOf(draft)).toEqual({ name, title, folder, tags, description, text, use, variables });
  expect(isChanged(draft, draftOf(FULL))).toBe(false);
  expect(isChanged({ ...draft, variables: draft.variables.slice(1) }, draft)).toBe(true);
});

test('tags and choices that are empty are left out, and what is no number is none', () => {
  const written = { ...NEW_VARIABLE, name: 'x', kind: 'choice' as const, choices: 'a\n\n b \n', min: 'few' };
  const content = contentOf({ ...EMPTY, tags: ' one,, two ,', variables: [written] });
  expect(content.tags).toEqual(['one', 'two']);
  expect(content.variables[0]).toMatchObject({ choices: ['a', ' b '], min: null });
});

test('what the text uses and nobody declares is asked for as a text, behind what is declared', () => {
  const draft = { ...draftOf(FULL), variables: [...draftOf(FULL).variables, NEW_VARIABLE] };
  const asked = askedFor(draft, ['text', 'points', 'reader']);
  expect(asked.map(each => [each.name, each.kind])).toEqual([
    ['points', 'number'],
    ['tone', 'choice'],
    ['brief', 'yes/no'],
    ['text', 'text'],
    ['reader', 'text']
  ]);
});

test.each([
  ['', true],
  ['RECAP thing', true],
  ['#a work', true],
  ['recap nothing', false]
])('a prompt is found by words anywhere in it: %j', (words, found) => {
  expect(has(FULL, words)).toBe(found);
});
