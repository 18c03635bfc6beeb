import type { BranchChange, Conversation, Download, Estimate, Experience, Fault, Given, Message, Model } from './records.js';

/** A message of the branch that is shown. */
export interface ShownMessage {
  readonly message: Message;
  /** The ids of its alternatives, itself among them, in the order they were written. */
  readonly siblings: readonly string[];
  /** Of a reply: how many of them can be compared. */
  readonly comparable: number;
  /** Whether the owner has it; `unsent`: it was tried, and `fault` says what was in the way. */
  readonly delivery: 'saved' | 'sending' | 'unsent';
  readonly fault: Fault | null;
}

/** Something that did not work, and the way to do it again. */
export interface Problem {
  readonly fault: Fault;
  readonly again: Again | null;
}

/** What a person allows when something is sent again: to go over a budget, and rules that ask before. */
export interface Leave {
  readonly over_budget?: true;
  readonly allow_rules?: readonly string[];
}

/** The code of a problem that stopped nothing. */
export const WARNED = 'warned';

export type Again = (leave?: Leave) => Promise<void>;

/** Everything the chat shows. Each change makes a new one; what has not changed keeps its identity. */
export interface ChatState {
  /** Of the Experience: `idle` while none is chosen. */
  readonly phase: 'idle' | 'loading' | 'ready' | 'failed';
  readonly experience: Experience | null;
  /** The latest first. */
  readonly conversations: readonly Conversation[];
  readonly moreConversations: boolean;
  /** null: a new one, which is saved with its first question. */
  readonly conversation: Conversation | null;
  /** The conversation is being read. */
  readonly opening: boolean;
  readonly branch: readonly ShownMessage[];
  /** The replies that stand side by side, to a question of the branch; none: nothing is compared. */
  readonly columns: readonly Message[];
  /** Whether the conversation has more than one branch. */
  readonly forks: boolean;
  /** The branch that was deleted last and can be restored; null: none, or the reader went on. */
  readonly deleted: BranchChange | null;
  /** The models that the next question goes to at once; none: it goes to the one that answers. */
  readonly several: readonly Model[];
  /** The reply that runs at the end of the branch; of several side by side there, the first that still runs. */
  readonly running: Message | null;
  /** The running reply was asked to stop. */
  readonly stopping: boolean;
  /** The running reply has kept its first token back for more than a second. */
  readonly slow: boolean;
  /** Why nothing of the running reply arrives for a while; empty: it may arrive at any time. */
  readonly waiting: string;
  /** `lost`: the reply goes on in the owner, and the way to it is being sought. */
  readonly connection: 'live' | 'lost';
  readonly models: readonly Model[];
  /** False until the models have been read once. */
  readonly modelsKnown: boolean;
  readonly defaultModel: Model | null;
  /** The model that answers the next question here; null: none can. */
  readonly answering: Model | null;
  /** The demo model on its way; null: nobody asked for it. */
  readonly demo: Download | null;
  readonly problem: Problem | null;
  /** What is written in the composer and not sent. */
  readonly draft: string;
  /** What the draft would take and cost, for each model; empty: nothing can be said of it now. */
  readonly estimates: readonly Estimate[];
  /** What goes with it. */
  readonly given: readonly Given[];
}

/** The state of a chat in which no Experience is chosen. */
export const EMPTY: ChatState = {
  phase: 'idle',
  experience: null,
  conversations: [],
  moreConversations: false,
  conversation: null,
  opening: false,
  branch: [],
  columns: [],
  forks: false,
  deleted: null,
  several: [],
  running: null,
  stopping: false,
  slow: false,
  waiting: '',
  connection: 'live',
  models: [],
  modelsKnown: false,
  defaultModel: null,
  answering: null,
  demo: null,
  problem: null,
  draft: '',
  estimates: [],
  given: []
};
