import type { Rule } from '../rules/records.js';
import type { Case, NewTrial } from './records.js';

/** What is tried, as it is written in the form. */
export interface Configuration {
  readonly name: string;
  /** Empty: the default model. */
  readonly model: string;
  /** Empty: none. */
  readonly personality: string;
  /** The id of a prompt; empty: none. */
  readonly prompt: string;
  /** What its variables are; one that is absent or empty is left to its default. */
  readonly values: Readonly<Record<string, string>>;
  readonly instruction: string;
  /** The ids of rules that hold for it beside those that hold anyway. */
  readonly rules: readonly string[];
}

/** A trial as it is written in the form. */
export interface Draft {
  readonly name: string;
  /** The id of the Experience whose budgets and rules hold; empty: the home's alone. */
  readonly experience: string;
  /** A shipped set's name, `conversation`, or `own`. */
  readonly from: string;
  readonly conversation: string;
  /** One's own questions, one on a line. */
  readonly questions: string;
  readonly configurations: readonly Configuration[];
  readonly outcome: NonNullable<NewTrial['outcome']>;
  readonly judge: string;
  readonly stopping: NonNullable<NewTrial['stopping']>;
}

export const CONVERSATION = 'conversation';
export const OWN = 'own';
export const MOST_CONFIGURATIONS = 6;
/** How often a sequential trial is looked at. */
const LOOKS = 3;
const NAMES = ['A', 'B', 'C', 'D', 'E', 'F'];

const NOTHING: Omit<Configuration, 'name'> = {
  model: '',
  personality: '',
  prompt: '',
  values: {},
  instruction: '',
  rules: []
};

/** A new trial of two configurations, rated by oneself. */
export function begun(set: string): Draft {
  return {
    name: '',
    experience: '',
    from: set,
    conversation: '',
    questions: '',
    configurations: [
      { name: 'A', ...NOTHING },
      { name: 'B', ...NOTHING }
    ],
    outcome: 'rating',
    judge: '',
    stopping: 'fixed'
  };
}

/** With another configuration, named by the next letter. */
export function more(draft: Draft): Draft {
  const name = NAMES.find(each => draft.configurations.every(other => other.name !== each)) ?? '';
  return { ...draft, configurations: [...draft.configurations, { name, ...NOTHING }], stopping: 'fixed' };
}

export function without(draft: Draft, at: number): Draft {
  return { ...draft, configurations: draft.configurations.filter((_, place) => place !== at), stopping: 'fixed' };
}

export function changed(draft: Draft, at: number, change: Partial<Configuration>): Draft {
  const configurations = draft.configurations.map((each, place) => (place === at ? { ...each, ...change } : each));
  return { ...draft, configurations };
}

/** Whether a rule holds in an Experience's trials (empty: in none) without being chosen. */
export function holdsAnyway({ enabled, scope, experience_id }: Rule, experience: string): boolean {
  return enabled && (scope === 'home' || (scope === 'experience' && experience_id === experience));
}

/** One's own questions as cases. */
export function casesOf(questions: string): readonly Case[] {
  return questions
    .split('\n')
    .map(each => each.trim())
    .filter(each => each !== '')
    .map((text, at) => ({
      name: `${at + 1}. ${text}`.slice(0, 80),
      turns: [{ role: 'user', text }],
      assertions: [],
      rubric: ''
    }));
}

/** What the owner is asked for; `cases` are those that no shipped set has. */
export function bodyOf(draft: Draft, cases: readonly Case[], id: string): NewTrial {
  const isShipped = draft.from !== OWN && draft.from !== CONVERSATION;
  return {
    id,
    name: draft.name.trim() === '' ? draft.configurations.map(each => each.name).join(' / ') : draft.name,
    experience_id: draft.experience === '' ? null : draft.experience,
    cases,
    case_set: isShipped ? draft.from : null,
    configurations: draft.configurations.map(each => ({
      name: each.name,
      model: each.model === '' ? null : each.model,
      personality: each.personality === '' ? null : each.personality,
      version: null,
      prompt: each.prompt === '' ? null : each.prompt,
      prompt_version: null,
      prompt_values: Object.fromEntries(Object.entries(each.values).filter(([, value]) => value !== '')),
      instruction: each.instruction,
      rules: each.rules,
      temperature: null,
      told: ''
    })),
    repetitions: 1,
    outcome: draft.outcome,
    judge: draft.judge === '' ? null : draft.judge,
    rubric: '',
    smallest_effect: 0.75,
    stopping: draft.stopping,
    looks: draft.stopping === 'sequential' ? LOOKS : 1,
    seed: 0
  };
}
