import type { TranslationBundle } from '@jupyterlab/translation';

import type { Experience } from '../chat/records.js';
import type { Action, Direction, Firing, Kind, Rule } from './records.js';

export const KINDS: readonly Kind[] = [
  'secrets',
  'personal',
  'words',
  'topic',
  'pattern',
  'risky',
  'tools',
  'sources',
  'length',
  'language',
  'require',
  'forbid'
];
export const ACTIONS: readonly Action[] = ['warn', 'ask', 'redact', 'block'];
export const DIRECTIONS: readonly Direction[] = ['both', 'outgoing', 'incoming'];

/** Those that ask something of a reply, and look for nothing. */
const ASKED: readonly Kind[] = ['length', 'language', 'require', 'forbid'];
const ONE_WAY: readonly Kind[] = ['risky', 'tools', 'sources'];

export function looks(kind: Kind): boolean {
  return !ASKED.includes(kind);
}

/** Whether it is for a person to say which way is looked at. */
export function goesBothWays(kind: Kind): boolean {
  return looks(kind) && !ONE_WAY.includes(kind);
}

export function kindWords(kind: Kind, trans: TranslationBundle): string {
  return {
    secrets: trans.__('Secrets'),
    personal: trans.__('Personal data'),
    words: trans.__('Words'),
    topic: trans.__('Topic'),
    pattern: trans.__('Pattern'),
    risky: trans.__('Risky prompts'),
    tools: trans.__('Allowed tools'),
    sources: trans.__('Allowed sources'),
    length: trans.__('Length of replies'),
    language: trans.__('Language of replies'),
    require: trans.__('Always'),
    forbid: trans.__('Never')
  }[kind];
}

/** What its words or text are; null: it takes none. */
export function wordsLabel(kind: Kind, trans: TranslationBundle): string | null {
  return {
    secrets: null,
    personal: null,
    words: trans.__('Words or phrases, one on a line'),
    topic: trans.__('Beginnings of words, one on a line'),
    pattern: trans.__('Pattern, as in INC-[0-9]{4,8}'),
    risky: null,
    tools: trans.__('Names of tools, one on a line'),
    sources: trans.__('Names of hosts, one on a line'),
    length: trans.__('Words at most'),
    language: trans.__('Language'),
    require: trans.__('What a reply has to be like'),
    forbid: trans.__('What a reply may not do')
  }[kind];
}

export function actionWords(action: Action, trans: TranslationBundle): string {
  return {
    warn: trans.__('Warn'),
    ask: trans.__('Ask'),
    redact: trans.__('Take out'),
    block: trans.__('Block')
  }[action];
}

export function directionWords(direction: Direction, trans: TranslationBundle): string {
  return {
    both: trans.__('What is sent, and replies'),
    outgoing: trans.__('What is sent'),
    incoming: trans.__('Replies')
  }[direction];
}

export function scopeWords(rule: Rule, experiences: readonly Experience[], trans: TranslationBundle): string {
  const name = experiences.find(each => each.id === rule.experience_id)?.name ?? '';
  switch (rule.scope) {
    case 'home':
      return trans.__('Everywhere');
    case 'experience':
      return trans.__('In %1', name);
    case 'conversation':
      return trans.__('In a conversation of %1', name);
  }
}

/** What a rule looks for, or asks. */
export function soughtWords({ kind, words, text, most_words }: Rule, trans: TranslationBundle): string {
  if (most_words !== null) {
    return trans.__('At most %1 words', most_words);
  }
  const isAll = words.length === 0 && (kind === 'secrets' || kind === 'personal');
  return text || (isAll ? trans.__('Every detector') : words.join(', '));
}

export function outcomeWords({ outcome, undone_at, reported }: Firing, trans: TranslationBundle): string {
  const done = {
    warned: trans.__('Warned'),
    allowed: trans.__('Allowed'),
    redacted: trans.__('Taken out'),
    blocked: trans.__('Blocked')
  }[outcome];
  const back = undone_at === null ? '' : ` · ${trans.__('put back')}`;
  return done + back + (reported ? ` · ${trans.__('reported as wrong')}` : '');
}
