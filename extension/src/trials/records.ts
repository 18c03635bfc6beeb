import type { components } from '../api.js';
import type { Conversation, Experience, Model } from '../chat/records.js';
import type { Personality } from '../personalities/records.js';
import type { Prompt } from '../prompts/records.js';
import type { Rule } from '../rules/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];
export type Trial = Schemas['Trial'];
export type TrialReport = Schemas['TrialReport'];
export type Comparison = Schemas['Comparison'];
export type Edit = Schemas['Edit'];
export type Result = Schemas['Result'];
export type Pair = Schemas['Pair'];
export type CaseSet = Schemas['CaseSet'];
export type TrialEstimate = Schemas['TrialEstimate'];
export type NewTrial = Schemas['NewTrial'];
export type Case = NewTrial['cases'][number];
export type Choice = Schemas['NewChoice']['choice'];

/** What is read of trials, and of what they are made of. */
export interface Read {
  /** The latest first. */
  readonly trials: readonly Trial[];
  readonly sets: readonly CaseSet[];
  readonly models: readonly Model[];
  readonly personalities: readonly Personality[];
  readonly prompts: readonly Prompt[];
  readonly rules: readonly Rule[];
  readonly experiences: readonly Experience[];
  /** Those changed last. */
  readonly conversations: readonly Conversation[];
  /** The id of the one that is shown. */
  readonly shown: string | null;
  /** What it shows by now. */
  readonly report: TrialReport | null;
  /** Its single replies; null: they are not listed, or not yet. */
  readonly results: readonly Result[] | null;
  /** What is to be rated next in it. */
  readonly pair: Pair | null;
}

export type TrialsState = Read & Progress;
