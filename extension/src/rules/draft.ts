import type { NewRule, Rule, RuleChange } from './records.js';
import { goesBothWays, looks } from './words.js';

/** What a person has said of a rule to add, or of one to change. */
export interface Draft {
  /** The rule that is changed; null: it is a new one. */
  readonly of: Rule | null;
  readonly kind: Rule['kind'];
  readonly name: string;
  /** Its words, one on a line; its text; or how many words. */
  readonly said: string;
  readonly direction: Rule['direction'];
  readonly action: Rule['action'];
  /** The id of an Experience; empty: everywhere. */
  readonly where: string;
}

export const EMPTY: Draft = {
  of: null,
  kind: 'secrets',
  name: '',
  said: '',
  direction: 'both',
  action: 'redact',
  where: ''
};

const TEXTS = ['pattern', 'require', 'forbid', 'language'];

export function draftOf(rule: Rule): Draft {
  const { kind, name, words, text, most_words, direction, action } = rule;
  const said = most_words === null ? text || words.join('\n') : String(most_words);
  return { of: rule, kind, name, said, direction, action, where: rule.experience_id ?? '' };
}

/** What can be said of a rule, new or not; the kind and the scope of one that is there stay. */
export function changeOf({ kind, name, said, direction, action }: Draft): RuleChange {
  const text = said.trim();
  return {
    name,
    words: TEXTS.includes(kind) || kind === 'length' ? [] : text.split('\n'),
    text: TEXTS.includes(kind) ? text : '',
    most_words: kind === 'length' && /^\d{1,7}$/.test(text) ? Number(text) : null,
    ...(goesBothWays(kind) ? { direction } : {}),
    ...(looks(kind) ? { action } : {})
  };
}

export function ruleOf(draft: Draft): NewRule {
  return { kind: draft.kind, ...changeOf(draft), experience_id: draft.where === '' ? null : draft.where };
}
