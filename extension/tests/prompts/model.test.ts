import { expect, test, vi } from 'vitest';

import { ApiError } from '../../src/chat/transport.js';
import { contentOf, draftOf, NEW_VARIABLE } from '../../src/prompts/draft.js';
import { PromptsModel } from '../../src/prompts/model.js';
import { experience, StandInOwner } from '../standin.js';
import { prompt, variable } from './records.js';

function bench(): { owner: StandInOwner; prompts: PromptsModel } {
  const owner = new StandInOwner();
  owner.answers.set('GET prompts', [prompt('why')]);
  owner.answers.set('GET prompts/templates', []);
  owner.answers.set('GET experiences', [experience('Physics')]);
  owner.answers.set('GET models', []);
  return { owner, prompts: new PromptsModel(owner) };
}

function bodyOf(owner: StandInOwner, call: string): unknown {
  return owner.asked.find(each => each.call === call)?.body;
}

test.each(['prompts', 'experiences', 'models', 'owner'])('the library is read anew when something of %s changes', async noun => {
  const { owner, prompts } = bench();
  await prompts.refresh();
  owner.answers.set('GET prompts', [prompt('why'), prompt('how')]);
  owner.tell({ noun, id: '1', action: 'update' });
  await vi.waitFor(() => {
    expect(prompts.state.prompts).toHaveLength(2);
  });
});

test('a prompt is saved as it was read, and one that was changed elsewhere says so and is read', async () => {
  const { owner, prompts } = bench();
  const before = prompt('why', { revision: 3 });
  const conflict = new ApiError({ code: 'conflict', message: 'It was changed elsewhere.', status: 409 });
  owner.answers.set('PATCH prompts/id of why', conflict);
  owner.answers.set('GET prompts', [prompt('why', { revision: 4, text: 'Else' })]);
  await expect(prompts.save(before, contentOf(draftOf(before)), 'Better')).rejects.toBe(conflict);
  expect(bodyOf(owner, 'PATCH prompts/id of why')).toMatchObject({ revision: 3, note: 'Better', text: before.text });
  expect(prompts.state.prompts[0]?.text).toBe('Else');
});

test('a variable that has no name yet is not looked at', async () => {
  const { owner, prompts } = bench();
  owner.answers.set('POST prompts/lint', { findings: [] });
  const draft = draftOf(prompt('why'));
  await prompts.lint(contentOf({ ...draft, variables: [...draft.variables, NEW_VARIABLE] }), 'a/b');
  expect(bodyOf(owner, 'POST prompts/lint')).toEqual({
    name: 'why',
    text: 'Why is {{ thing }} so?',
    variables: [variable('thing')],
    model: 'a/b'
  });
});

test('an Experience is given a system prompt with its values, and loses both', async () => {
  const { owner, prompts } = bench();
  const physics = experience('Physics');
  const call = `PATCH experiences/${physics.id}`;
  owner.answers.set(call, physics);
  await prompts.use(physics, prompt('why'), { thing: 'the sky' });
  expect(bodyOf(owner, call)).toEqual({ prompt: 'id of why', prompt_values: { thing: 'the sky' } });
  owner.asked.length = 0;
  await prompts.use(physics, null, {});
  expect(bodyOf(owner, call)).toEqual({ prompt: null, prompt_values: {} });
});
