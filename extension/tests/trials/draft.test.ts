import { expect, test } from 'vitest';

import type { Rule } from '../../src/rules/records.js';
import { begun, bodyOf, casesOf, changed, CONVERSATION, holdsAnyway, more, OWN, without } from '../../src/trials/draft.js';
import type { Trial } from '../../src/trials/records.js';
import { choiceOf, figure, isRevealed, percent } from '../../src/trials/words.js';

test('a new trial has two configurations and is rated by oneself', () => {
  const body = bodyOf(begun('teaching'), [], 't1');
  expect(body).toMatchObject({ id: 't1', name: 'A / B', case_set: 'teaching', outcome: 'rating', looks: 1 });
  expect(body.configurations.map(each => [each.name, each.model, each.personality])).toEqual([
    ['A', null, null],
    ['B', null, null]
  ]);
});

test('own questions are cases, one for each line that says something', () => {
  expect(casesOf('Why?\n\n  How? \nWhy?').map(each => [each.name, each.turns[0]?.text])).toEqual([
    ['1. Why?', 'Why?'],
    ['2. How?', 'How?'],
    ['3. Why?', 'Why?']
  ]);
  expect(bodyOf({ ...begun('teaching'), from: OWN }, casesOf('Why?'), 't1').case_set).toBeNull();
  expect(bodyOf({ ...begun('teaching'), from: CONVERSATION }, [], 't1').case_set).toBeNull();
});

test('configurations are added under a free name, changed and taken away', () => {
  const three = more(begun('teaching'));
  expect(three.configurations.map(each => each.name)).toEqual(['A', 'B', 'C']);
  const two = without(three, 0);
  expect(more(two).configurations.map(each => each.name)).toEqual(['B', 'C', 'A']);
  expect(changed(two, 1, { instruction: 'Be kind.' }).configurations[1]?.instruction).toBe('Be kind.');
});

test('a prompt is given the values that are written, and no empty ones', () => {
  const draft = changed(begun('teaching'), 0, { prompt: 'p1', values: { tone: 'dry', name: '' } });
  const [first, second] = bodyOf(draft, [], 't1').configurations;
  expect([first?.prompt, first?.prompt_values]).toEqual(['p1', { tone: 'dry' }]);
  expect([second?.prompt, second?.prompt_values]).toEqual([null, {}]);
});

test('only two configurations can end early, and are looked at three times', () => {
  const early = { ...begun('teaching'), stopping: 'sequential' as const };
  expect(bodyOf(early, [], 't1').looks).toBe(3);
  expect(bodyOf(more(early), [], 't1')).toMatchObject({ stopping: 'fixed', looks: 1 });
});

test('rules and an Experience are sent by their ids', () => {
  const draft = { ...changed(begun('teaching'), 1, { rules: ['r1', 'r2'] }), experience: 'e1' };
  const body = bodyOf(draft, [], 't1');
  expect([body.experience_id, body.configurations.map(each => each.rules)]).toEqual(['e1', [[], ['r1', 'r2']]]);
  expect(bodyOf(begun('teaching'), [], 't1').experience_id).toBeNull();
});

test('a rule holds anyway where it is switched on, for the home or for the Experience of the trial', () => {
  const rule = (other: Partial<Rule>): Rule => ({ enabled: true, scope: 'home', experience_id: null, ...other }) as Rule;
  const own = rule({ scope: 'experience', experience_id: 'e1' });
  expect([holdsAnyway(rule({}), ''), holdsAnyway(own, 'e1')]).toEqual([true, true]);
  expect([holdsAnyway(rule({ enabled: false }), ''), holdsAnyway(own, 'e2'), holdsAnyway(own, '')]).toEqual([
    false,
    false,
    false
  ]);
});

test('keys rate a pair', () => {
  expect(['1', 'ArrowLeft', '2', 'ArrowRight', '0', 'ArrowDown', 'x'].map(choiceOf)).toEqual([
    'left',
    'left',
    'right',
    'right',
    'tie',
    'tie',
    null
  ]);
});

test('single replies are shown once a trial rests or has ended, of a blind rating only at its end', () => {
  const shown = (outcome: Trial['outcome']): readonly Trial['state'][] =>
    (['planned', 'running', 'paused', 'rating', 'done', 'stopped'] as const).filter(state =>
      isRevealed({ outcome, state } as Trial)
    );
  expect(shown('rating')).toEqual(['done', 'stopped']);
  expect(shown('passes')).toEqual(['paused', 'done', 'stopped']);
});

test('what is not known is a dash', () => {
  expect([percent(null), percent(0.631), figure(null), figure(2.25, 1)]).toEqual(['–', '63%', '–', '2.3']);
});
