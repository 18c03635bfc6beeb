/** The owner's records as JSON: `workbench/<noun>/records.py`, field by field. */

export type Status = 'complete' | 'running' | 'stopped' | 'interrupted' | 'failed';

/** Why something did not end well: an error of the owner, as data. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Experience {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly category: string;
  readonly privacy: 'private' | 'public';
  readonly state: 'active' | 'archived' | 'trashed';
  /** The model that answers here; null: the default. */
  readonly model: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly revision: number;
  readonly trashed_at?: string | null;
}

export interface Message {
  readonly id: string;
  readonly conversation_id: string;
  readonly experience_id: string;
  readonly parent_id: string | null;
  readonly author: 'user' | 'assistant';
  readonly text: string;
  readonly reasoning: string;
  readonly status: Status;
  readonly fault: Fault | null;
  readonly model: string | null;
  readonly model_name: string | null;
  readonly provider: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** A decimal number; null: unknown. */
  readonly cost_usd: string | null;
  readonly first_token_ms: number | null;
  readonly total_ms: number | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Conversation {
  readonly id: string;
  readonly experience_id: string;
  readonly title: string;
  readonly head_id: string | null;
  readonly message_count: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly revision: number;
}

export interface ConversationPage {
  readonly conversations: readonly Conversation[];
  readonly next_cursor: string | null;
  readonly total: number;
}

export interface ConversationTree {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

export interface Turn {
  readonly message: Message;
  readonly reply: Message;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly kind: 'local' | 'openai';
  readonly demo: boolean;
  readonly available: boolean;
  readonly unavailable_reason: string;
  readonly context_tokens: number | null;
  readonly size_bytes: number | null;
}

export interface Download {
  readonly model_id: string;
  readonly state: 'idle' | 'running' | 'complete' | 'failed' | 'cancelled';
  readonly received_bytes: number;
  readonly total_bytes: number | null;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What the owner says on its stream of changes. */
export interface Change {
  readonly noun: string;
  readonly id: string;
  readonly action: string;
  readonly experience_id?: string | null;
}
