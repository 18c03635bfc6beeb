import type { Content, Prompt, Variable } from './records.js';

/** A variable as it is written: everything a text but whether it has to be given. */
export interface VariableDraft {
  readonly name: string;
  readonly kind: Variable['kind'];
  readonly label: string;
  readonly default: string;
  readonly required: boolean;
  /** One on each line. */
  readonly choices: string;
  readonly min: string;
  readonly max: string;
  readonly longest: string;
}

/** What is written in the editor. */
export interface Draft {
  readonly name: string;
  readonly title: string;
  readonly folder: string;
  /** With commas between them. */
  readonly tags: string;
  readonly description: string;
  readonly text: string;
  readonly use: Prompt['use'];
  readonly variables: readonly VariableDraft[];
}

export const EMPTY: Draft = {
  name: '',
  title: '',
  folder: '',
  tags: '',
  description: '',
  text: '',
  use: 'either',
  variables: []
};

export const NEW_VARIABLE: VariableDraft = {
  name: '',
  kind: 'text',
  label: '',
  default: '',
  required: true,
  choices: '',
  min: '',
  max: '',
  longest: ''
};

export function draftOf(prompt: Prompt): Draft {
  const { name, title, folder, description, text, use } = prompt;
  return { name, title, folder, description, text, use, tags: prompt.tags.join(', '), variables: prompt.variables.map(written) };
}

/** What a draft says, as the owner takes it. A number that is none is sent as it is not: the owner says what is wrong. */
export function contentOf(draft: Draft): Content {
  const tags = draft.tags.split(',').map(each => each.trim());
  return { ...draft, tags: tags.filter(each => each !== ''), variables: draft.variables.map(variableOf) };
}

export function isChanged(draft: Draft, before: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(before);
}

/** What is asked for: the variables that are declared, and texts for those that the text uses besides. */
export function askedFor(draft: Draft, used: readonly string[]): readonly VariableDraft[] {
  const declared = draft.variables.filter(each => each.name !== '');
  const known = new Set(declared.map(each => each.name));
  return [...declared, ...used.filter(each => !known.has(each)).map(name => ({ ...NEW_VARIABLE, name }))];
}

function written(variable: Variable): VariableDraft {
  const { name, kind, label, required } = variable;
  const given = variable.default;
  return {
    name,
    kind,
    label,
    required,
    default: typeof given === 'boolean' ? (given ? 'yes' : 'no') : text(given),
    choices: variable.choices.join('\n'),
    min: text(variable.min),
    max: text(variable.max),
    longest: text(variable.longest)
  };
}

function variableOf(draft: VariableDraft): Variable {
  const { name, kind, label, required } = draft;
  return {
    name,
    kind,
    label,
    required,
    default: draft.default === '' ? null : draft.default,
    choices: draft.choices.split('\n').filter(each => each.trim() !== ''),
    min: number(draft.min),
    max: number(draft.max),
    longest: number(draft.longest)
  };
}

function text(value: string | number | null): string {
  return value === null ? '' : String(value);
}

function number(value: string): number | null {
  const found = Number(value);
  return value.trim() === '' || !Number.isFinite(found) ? null : found;
}
