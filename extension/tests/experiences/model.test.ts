import { expect, test, vi } from 'vitest';

import { ApiError } from '../../src/chat/transport.js';
import { categories, ExperiencesModel, nameProblem, shown } from '../../src/experiences/model.js';
import { experience, StandInOwner } from '../standin.js';

const PHYSICS = experience('Physics', { category: 'Study', updated_at: '2026-11-03T00:00:00Z' });
const COOKING = experience('Cooking', { description: 'Soups', updated_at: '2026-11-05T00:00:00Z' });
const OLD = experience('Old', { state: 'archived', category: 'Study' });
const GONE = experience('Gone', { state: 'trashed', category: 'Bin' });

function model(...all: readonly ReturnType<typeof experience>[]): { owner: StandInOwner; model: ExperiencesModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET experiences?state=all', all);
  return { owner, model: new ExperiencesModel(owner) };
}

function names(of: ExperiencesModel): string[] {
  return shown(of.state).map(each => each.name);
}

test('the active Experiences are shown, the one changed last first', async () => {
  const { model: experiences } = model(PHYSICS, COOKING, OLD, GONE);
  await experiences.refresh();
  expect(names(experiences)).toEqual(['Cooking', 'Physics']);
});

test('archived and trashed ones have a shelf of their own', async () => {
  const { model: experiences } = model(PHYSICS, OLD, GONE);
  await experiences.refresh();
  experiences.show('archived');
  expect(names(experiences)).toEqual(['Old']);
  experiences.show('trashed');
  expect(names(experiences)).toEqual(['Gone']);
});

test('a search finds words of name, category and description, in any case', async () => {
  const { model: experiences } = model(PHYSICS, COOKING);
  await experiences.refresh();
  experiences.search('soups cook');
  expect(names(experiences)).toEqual(['Cooking']);
  experiences.search('STUDY');
  expect(names(experiences)).toEqual(['Physics']);
  experiences.search('chemistry');
  expect(names(experiences)).toEqual([]);
});

test('a new Experience is in the list before the owner says that something changed', async () => {
  const { owner, model: experiences } = model(COOKING);
  await experiences.refresh();
  owner.answers.set('POST experiences', (body: { name: string }) => experience(body.name, { updated_at: '2027' }));
  await experiences.create({ name: 'Physics', description: '', category: '', privacy: 'private' });
  expect(names(experiences)).toEqual(['Physics', 'Cooking']);
});

test('creating twice with one id asks for the same Experience', async () => {
  const { owner, model: experiences } = model();
  owner.answers.set('POST experiences', PHYSICS);
  const details = { name: 'Physics', description: '', category: '', privacy: 'private' } as const;
  await experiences.create(details, 'one id');
  await experiences.create(details, 'one id');
  expect(owner.asked.map(each => (each.body as { id: string }).id)).toEqual(['one id', 'one id']);
  expect(experiences.state.all).toHaveLength(1);
});

test('what is deleted goes to the trash, and comes back', async () => {
  const { owner, model: experiences } = model(PHYSICS);
  await experiences.refresh();
  owner.answers.set(`DELETE experiences/${PHYSICS.id}`, { ...PHYSICS, state: 'trashed' });
  await experiences.trash(PHYSICS.id);
  expect(names(experiences)).toEqual([]);
  owner.answers.set(`POST experiences/${PHYSICS.id}/restore`, PHYSICS);
  await experiences.restore(PHYSICS.id);
  expect(names(experiences)).toEqual(['Physics']);
});

test('a change made elsewhere is seen without asking', async () => {
  const { owner, model: experiences } = model(PHYSICS);
  await experiences.refresh();
  owner.answers.set('GET experiences?state=all', [PHYSICS, COOKING]);
  owner.tell({ noun: 'experiences', id: COOKING.id, action: 'create' });
  await vi.waitFor(() => {
    expect(names(experiences)).toEqual(['Cooking', 'Physics']);
  });
});

test('a list that cannot be read says why, and keeps what was there', async () => {
  const { owner, model: experiences } = model(PHYSICS);
  await experiences.refresh();
  owner.answers.set('GET experiences?state=all', new ApiError({ code: 'locked', message: 'Locked.', status: 423 }));
  await experiences.refresh();
  expect(experiences.state).toMatchObject({ phase: 'failed', fault: { code: 'locked' } });
  expect(names(experiences)).toEqual(['Physics']);
});

test('a list asked for before a change does not undo it', async () => {
  const { owner, model: experiences } = model();
  let answer: (list: unknown) => void = () => undefined;
  owner.answers.set('GET experiences?state=all', () => new Promise(resolve => (answer = resolve)));
  const reading = experiences.refresh();
  owner.answers.set('POST experiences', PHYSICS);
  await experiences.create({ name: 'Physics', description: '', category: '', privacy: 'private' });
  answer([]);
  await reading;
  expect(names(experiences)).toEqual(['Physics']);
});

test('unlocking reads the list', async () => {
  const { owner, model: experiences } = model(PHYSICS);
  owner.answers.set('POST unlock', {});
  await experiences.unlock('correct horse');
  expect(owner.asked[0]).toEqual({ call: 'POST unlock', body: { passphrase: 'correct horse' } });
  expect(names(experiences)).toEqual(['Physics']);
});

test('categories are suggested by use; those only in the trash are not', () => {
  const all = [PHYSICS, OLD, GONE, experience('Jobs', { category: 'Work' })];
  expect(categories(all)).toEqual(['Study', 'Work']);
});

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['x'.repeat(201), 'long'],
  ['physics ', 'taken'],
  ['ＰＨＹＳＩＣＳ', 'taken'],
  ['Gone', null],
  ['🧪/..\\', null]
])('the name %j is %s', (name, problem) => {
  expect(nameProblem(name, [PHYSICS, GONE])).toBe(problem);
});

test('an Experience may keep its own name', () => {
  expect(nameProblem('Physics', [PHYSICS], PHYSICS.id)).toBeNull();
});
