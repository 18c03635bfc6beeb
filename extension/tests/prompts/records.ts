import type { Prompt, Variable } from '../../src/prompts/records.js';

export function variable(name: string, other: Partial<Variable> = {}): Variable {
  return {
    name,
    kind: 'text',
    label: '',
    default: null,
    required: true,
    choices: [],
    min: null,
    max: null,
    longest: null,
    ...other
  };
}

export function prompt(name: string, other: Partial<Prompt> = {}): Prompt {
  return {
    id: `id of ${name}`,
    name,
    title: name,
    folder: '',
    tags: [],
    description: '',
    text: 'Why is {{ thing }} so?',
    variables: [variable('thing')],
    use: 'either',
    version: 1,
    state: 'active',
    created_at: '2026-11-29T10:00:00Z',
    updated_at: '2026-11-29T10:00:00Z',
    revision: 1,
    trashed_at: null,
    ...other
  };
}
