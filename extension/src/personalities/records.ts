import type { components } from '../api.js';
import type { Experience, Model } from '../chat/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];
export type Personality = Schemas['Personality'];
export type PersonalityTemplate = Schemas['PersonalityTemplate'];
export type PersonalityVersion = Schemas['PersonalityVersion'];
export type PersonalityDifference = Schemas['PersonalityDifference'];
export type VersionFigures = Schemas['VersionFigures'];
export type Character = Personality['character'];
export type Exchange = Character['examples'][number];

/** What is read of personalities, and of what they are used with. */
export interface Read {
  readonly personalities: readonly Personality[];
  /** Those in the trash. */
  readonly trashed: readonly Personality[];
  readonly templates: readonly PersonalityTemplate[];
  /** Those that are active. */
  readonly experiences: readonly Experience[];
  readonly models: readonly Model[];
}

export type PersonalitiesState = Read & Progress;

/** A turn of a scratch chat. */
export interface Said {
  readonly author: 'user' | 'assistant';
  readonly text: string;
}
