import type { components } from '../api.js';
import type { Experience, Model } from '../chat/records.js';
import type { Progress } from '../tab/reading.js';

type Schemas = components['schemas'];

export type Prompt = Schemas['Prompt'];
export type Variable = Schemas['Variable'];
export type PromptTemplate = Schemas['PromptTemplate'];
export type PromptVersion = Schemas['PromptVersion'];
export type PromptDifference = Schemas['PromptDifference'];
export type PromptPreview = Schemas['PromptPreview'];
export type Linted = Schemas['Linted'];
export type Finding = Schemas['Finding'];
/** How the replies were that a version shaped. */
export type Figures = Schemas['VersionFigures'];
/** What variables are given, as it is written in a form; what is left out is not given. */
export type Values = Readonly<Record<string, string>>;

/** What is kept of a prompt, and what can be looked at before it is. */
export interface Content {
  readonly name: string;
  readonly title: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly text: string;
  readonly variables: readonly Variable[];
  readonly use: Prompt['use'];
}

export interface Read {
  /** By folder and title. */
  readonly prompts: readonly Prompt[];
  readonly templates: readonly PromptTemplate[];
  readonly experiences: readonly Experience[];
  readonly models: readonly Model[];
}

export type PromptsState = Read & Progress;
