import { beforeEach, expect, test } from 'vitest';

import { draftOf, EMPTY, changeOf, ruleOf } from '../../src/rules/draft.js';
import { RulesModel } from '../../src/rules/model.js';
import type { Firing, Rule } from '../../src/rules/records.js';
import { scopeWords, soughtWords } from '../../src/rules/words.js';
import { experience, StandInOwner } from '../standin.js';

const trans = { __: (text: string, ...values: unknown[]) => text.replace('%1', String(values[0])) } as never;

function rule(id: string, other: Partial<Rule> = {}): Rule {
  return {
    id,
    name: id,
    kind: 'words',
    words: ['basalt'],
    text: '',
    most_words: null,
    direction: 'both',
    action: 'redact',
    scope: 'home',
    experience_id: null,
    conversation_id: null,
    enabled: true,
    position: 0,
    longest: 6,
    created_at: '2026-11-29T10:00:00Z',
    updated_at: '2026-11-29T10:00:00Z',
    revision: 3,
    ...other
  };
}

let owner: StandInOwner;
let model: RulesModel;

beforeEach(async () => {
  owner = new StandInOwner();
  const inPhysics = rule('third', { scope: 'experience', experience_id: 'id of Physics' });
  owner.answers.set('GET rules', { rules: [rule('first'), rule('second'), inPhysics], order: ['Home first.'], detectors: {} });
  owner.answers.set('GET rules/firings?most=30', []);
  owner.answers.set('GET experiences?state=all', [experience('Physics')]);
  model = new RulesModel(owner);
  await model.refresh();
});

function last(): unknown {
  return owner.asked.filter(each => !each.call.startsWith('GET')).at(-1);
}

test('rules are read with their order, and what they have found', () => {
  expect(model.state.rules.map(each => each.id)).toEqual(['first', 'second', 'third']);
  expect(model.state.order).toEqual(['Home first.']);
  expect(model.state.phase).toBe('ready');
});

test('a rule is changed as it was read', async () => {
  owner.answers.set('PATCH rules/first', rule('first'));
  await model.change(rule('first'), { enabled: false });
  expect(last()).toEqual({ call: 'PATCH rules/first', body: { enabled: false, revision: 3 } });
});

test('a rule moves among those of its scope alone', async () => {
  owner.answers.set('POST rules/second/move', {});
  await model.move(rule('second'), -1);
  expect(last()).toEqual({ call: 'POST rules/second/move', body: { position: 0 } });
  expect(model.beside(rule('x', { scope: 'experience', experience_id: 'id of Physics' })).map(each => each.id)).toEqual([
    'third'
  ]);
});

test('what a rule found can be put back and reported', async () => {
  const firing = { id: 'f' } as Firing;
  owner.answers.set('POST rules/firings/f/undo', firing);
  owner.answers.set('PUT rules/firings/f/report', firing);
  await model.undo(firing);
  await model.report(firing, 'wrong');
  expect(last()).toEqual({ call: 'PUT rules/firings/f/report', body: { why: 'wrong' } });
});

test('what is written in the form becomes a rule of its kind', () => {
  expect(ruleOf({ ...EMPTY, kind: 'words', said: ' basalt\ncirrus ', where: 'e' })).toEqual({
    kind: 'words',
    name: '',
    words: ['basalt', 'cirrus'],
    text: '',
    most_words: null,
    direction: 'both',
    action: 'redact',
    experience_id: 'e'
  });
  expect(ruleOf({ ...EMPTY, kind: 'length', said: '200' })).toMatchObject({ words: [], most_words: 200 });
  expect(ruleOf({ ...EMPTY, kind: 'pattern', said: 'a|b' })).toMatchObject({ words: [], text: 'a|b' });
  expect(ruleOf({ ...EMPTY, kind: 'language', said: 'French' })).not.toHaveProperty('action');
});

test('a rule that is changed keeps its kind and its scope', () => {
  const change = changeOf(draftOf(rule('first', { words: ['a', 'b'] })));
  expect(change.words).toEqual(['a', 'b']);
  expect(change).not.toHaveProperty('kind');
  expect(change).not.toHaveProperty('experience_id');
});

test('a rule says what it looks for and where', () => {
  const all = rule('s', { kind: 'secrets', words: [] });
  expect(soughtWords(all, trans)).toBe('Every detector');
  expect(soughtWords(rule('l', { kind: 'length', words: [], most_words: 50 }), trans)).toBe('At most 50 words');
  expect(scopeWords(all, [], trans)).toBe('Everywhere');
  expect(scopeWords(model.state.rules[2] ?? all, model.state.experiences, trans)).toBe('In Physics');
});
