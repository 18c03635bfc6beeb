/** The owner's records as JSON, from the API's description. */

import type { components } from '../api.js';

type Schemas = components['schemas'];

/** What went wrong; where a rule asks before, with the ids of those to allow. */
export type Fault = Schemas['Fault'] & { readonly rules?: readonly string[] };
export type Experience = Schemas['Experience'];
export type Message = Schemas['Message'];
export type Attachment = Schemas['Attachment'];
export type Given = Schemas['Given'];
export type Conversation = Schemas['Conversation'];
export type ConversationPage = Schemas['ConversationPage'];
export type ConversationTree = Schemas['ConversationTree'];
export type BranchChange = Schemas['BranchChange'];
export type SavedDraft = Schemas['SavedDraft'];
export type Turn = Schemas['Turn'];
export type Model = Schemas['Model'];
export type Prompt = Schemas['Prompt'];
export type Variable = Schemas['Variable'];
export type Measured = Schemas['Measured'];
export type Suggestion = Schemas['Suggestion'];
export type Estimate = Schemas['Estimate'];
export type Download = Schemas['Download'];
export type NewRating = Schemas['NewRating'];
export type Status = Message['status'];

/** What the owner says on its stream of changes. */
export interface Change {
  readonly noun: string;
  readonly id: string;
  readonly action: string;
  readonly experience_id?: string | null;
}
