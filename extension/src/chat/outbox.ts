import { newId } from './ids.js';
import type { Conversation, Fault, Given, Message, Model } from './records.js';
import type { Leave } from './state.js';

/** A question on its way to the owner. Its ids are made here, so that sending it again does it once. */
export interface Outgoing {
  readonly question: Message;
  /** Of the first model's, where several are asked. */
  readonly replyId: string;
  /** Several models that are asked at once, and the ids of their replies; else none. */
  readonly models: readonly Model[];
  readonly replyIds: readonly string[];
  /** What goes with it. */
  readonly given: readonly Given[];
  /** The question that it was made of: what was given with that one is given again; null: it is a new one. */
  readonly givenOf: string | null;
  readonly key: string;
  /** What was allowed for it so far. */
  readonly leave: Leave;
  /** Why it could not be sent; null: it is under way. */
  readonly fault: Fault | null;
}

/** The questions that the owner has not got, of every conversation, as long as the page lives. */
export class Outbox {
  /** Takes in a question and says under which ids it goes. */
  add(
    question: Message,
    givenOf: string | null,
    models: readonly Model[] = [],
    given: readonly Given[] = []
  ): Outgoing {
    const replyIds = models.map(() => newId());
    const replyId = replyIds[0] ?? newId();
    const outgoing = { question, givenOf, given, replyId, models, replyIds, key: newId(), leave: {}, fault: null };
    this.#questions.set(question.id, outgoing);
    return outgoing;
  }

  get(id: string): Outgoing | undefined {
    return this.#questions.get(id);
  }

  mark(id: string, change: Partial<Pick<Outgoing, 'fault' | 'leave'>>): void {
    const outgoing = this.#questions.get(id);
    if (outgoing !== undefined) {
      this.#questions.set(id, { ...outgoing, ...change });
    }
  }

  delete(id: string): void {
    this.#questions.delete(id);
  }

  of(conversationId: string): readonly Outgoing[] {
    return [...this.#questions.values()].filter(
      each => each.question.conversation_id === conversationId
    );
  }

  readonly #questions = new Map<string, Outgoing>();
}

/** A conversation that is to be saved with its first question. */
export function newConversation(experienceId: string, firstQuestion: string): Conversation {
  const now = new Date().toISOString();
  return {
    id: newId(),
    experience_id: experienceId,
    title: firstQuestion.trim().replace(/\s+/g, ' ').slice(0, 80),
    head_id: null,
    personality: null,
    prompt: null,
    prompt_values: {},
    message_count: 0,
    created_at: now,
    updated_at: now,
    revision: 0
  };
}

/** A question as it is shown before the owner has it. */
export function newQuestion(
  conversation: Conversation,
  parentId: string | null,
  text: string,
  attachments: Message['attachments'] = []
): Message {
  const place = { conversation_id: conversation.id, experience_id: conversation.experience_id };
  return { ...BLANK, ...place, ...stamps(), id: newId(), parent_id: parentId, text, attachments };
}

/** The replies that are asked for, as they are shown before the owner has begun them; `answering` replies alone. */
export function newReplies(outgoing: Outgoing, answering: Model | null): readonly Message[] {
  const { question, replyId, replyIds, models } = outgoing;
  return models.length === 0
    ? [newReply(replyId, question, answering)]
    : models.map((model, at) => newReply(replyIds[at] ?? replyId, question, model));
}

/** The reply to `question` as it is shown before the owner has begun it. */
export function newReply(
  id: string,
  question: Message,
  model: { readonly id: string; readonly name: string } | null
): Message {
  return {
    ...BLANK,
    ...stamps(),
    id,
    conversation_id: question.conversation_id,
    experience_id: question.experience_id,
    parent_id: question.id,
    author: 'assistant',
    status: 'running',
    model: model?.id ?? null,
    model_name: model?.name ?? null
  };
}

const BLANK = {
  author: 'user',
  text: '',
  reasoning: '',
  status: 'complete',
  fault: null,
  model: null,
  model_name: null,
  provider: null,
  verified: true,
  personality: null,
  prompt: null,
  input_tokens: null,
  output_tokens: null,
  cost_usd: null,
  first_token_ms: null,
  total_ms: null,
  attachments: [],
  tried: [],
  unsent: [],
  merged_from: [],
  rating: null,
  rating_note: ''
} as const satisfies Partial<Message>;

function stamps(): Pick<Message, 'created_at' | 'updated_at'> {
  const now = new Date().toISOString();
  return { created_at: now, updated_at: now };
}
