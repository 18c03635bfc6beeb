import type { Character, Exchange, Personality } from './records.js';

export const LONGEST_NAME = 100;

/** A personality as it stands in the fields: a list is one entry to a line. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly role: string;
  readonly traits: string;
  readonly tone: string;
  readonly style: string;
  readonly formality: Character['formality'];
  readonly audience: string;
  readonly do: string;
  readonly dont: string;
  readonly examples: readonly Exchange[];
  readonly language: string;
  readonly emoji: Character['emoji'];
  readonly length: Character['length'];
}

export const EMPTY: Draft = {
  name: '',
  description: '',
  role: '',
  traits: '',
  tone: '',
  style: '',
  formality: null,
  audience: '',
  do: '',
  dont: '',
  examples: [],
  language: '',
  emoji: null,
  length: null
};

export function draftOf({ name, description, character }: Pick<Personality, 'name' | 'description' | 'character'>): Draft {
  const { traits, do: todo, dont } = character;
  return { ...character, name, description, traits: traits.join('\n'), do: todo.join('\n'), dont: dont.join('\n') };
}

/** The character that the fields say; the owner looks at what is too long. */
export function characterOf(draft: Draft): Character {
  const { role, tone, style, formality, audience, language, emoji, length } = draft;
  return {
    ...{ role, tone, style, formality, audience, language, emoji, length },
    traits: entries(draft.traits),
    do: entries(draft.do),
    dont: entries(draft.dont),
    examples: draft.examples.filter(each => each.question.trim() !== '' || each.answer.trim() !== '')
  };
}

/** Whether saving would change something. */
export function isChanged(draft: Draft, saved: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(saved);
}

export type NameProblem = 'empty' | 'long' | 'taken' | null;

export function nameProblem(name: string, all: readonly Personality[], own: string | null): NameProblem {
  const wanted = name.trim().toLocaleLowerCase();
  if (wanted === '') {
    return 'empty';
  }
  if (name.trim().length > LONGEST_NAME) {
    return 'long';
  }
  return all.some(each => each.id !== own && each.name.toLocaleLowerCase() === wanted) ? 'taken' : null;
}

function entries(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}
