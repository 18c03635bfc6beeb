import type { components } from '../api.js';
import type { Experience } from '../chat/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];

/** What may be sent to models or come back from them, or what a reply has to be like. */
export type Rule = Schemas['Rule'];
/** What a rule has found. */
export type Firing = Schemas['Firing'];
/** What rules would do with a text. */
export type Examined = Schemas['Examined'];
export type RuleList = Schemas['RuleList'];
export type Kind = Rule['kind'];
export type Action = Rule['action'];
export type Direction = Rule['direction'];
export type NewRule = Partial<Rule> & Pick<Rule, 'kind'>;
export type RuleChange = Partial<Rule>;

export interface Read {
  /** In the order of precedence. */
  readonly rules: readonly Rule[];
  /** That order, in sentences. */
  readonly order: readonly string[];
  /** The latest first. */
  /** The names of the detectors of secrets and of personal data. */
  readonly detectors: RuleList['detectors'];
  readonly firings: readonly Firing[];
  readonly experiences: readonly Experience[];
}

export type RulesState = Read & Progress;
