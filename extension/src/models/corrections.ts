import type { components } from '../api.js';
import type { Model } from '../chat/records.js';

export type ModelCorrection = components['schemas']['ModelCorrection'];
export type Fact = keyof ModelCorrection;
/** What is written in the form, by fact; empty: as it is known. */
export type Said = Readonly<Record<Fact, string>>;

export const NUMBERS = ['context_tokens', 'max_output_tokens'] as const;
export const PRICES = ['input_usd_per_million', 'cached_usd_per_million', 'output_usd_per_million'] as const;
export const ANSWERS = ['sees', 'tools', 'reasoning', 'pdf', 'temperature'] as const;
const FACTS: readonly Fact[] = [...NUMBERS, ...ANSWERS, 'deprecated_on', ...PRICES];
/** What cannot be otherwise for a model on this machine. */
const SETTLED: readonly Fact[] = ['sees', 'pdf', ...PRICES];

/** Whether a person can say something of this fact. */
export function canBeSaid(each: Model, fact: Fact): boolean {
  return each.kind !== 'local' || !SETTLED.includes(fact);
}

/** What a person has said of a model so far. */
export function saidOf(each: Model): Said {
  const said = (fact: Fact): string => (each.corrected.includes(fact) ? String(each[fact] ?? '') : '');
  return Object.fromEntries(FACTS.map(fact => [fact, said(fact)])) as Record<Fact, string>;
}

/** What is to be sent: what is said otherwise than before; null takes it back. */
export function changesOf(each: Model, now: Said): ModelCorrection {
  const before = saidOf(each);
  const changed = FACTS.filter(fact => now[fact].trim() !== before[fact]);
  return Object.fromEntries(changed.map(fact => [fact, valueOf(fact, now[fact].trim())]));
}

function valueOf(fact: Fact, text: string): string | boolean | null {
  if (text === '') {
    return null;
  }
  return (ANSWERS as readonly Fact[]).includes(fact) ? text === 'true' : text;
}
