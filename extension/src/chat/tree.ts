import type { Message } from './records.js';

/** A run of messages without a fork: from one that begins it to the next fork, or to its end. */
export interface Run {
  readonly first: Message;
  readonly messages: number;
  /** How many forks lead to it, and one. */
  readonly level: number;
}

/** A conversation's messages by parent: an edited question or another try is a sibling of the first. */
export class MessageTree {
  constructor(messages: Iterable<Message> = []) {
    for (const message of messages) {
      this.put(message);
    }
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Whether there is more than one branch. */
  get forks(): boolean {
    return this.#forks > 0;
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** Adds `message`, or replaces the one with its id. */
  put(message: Message): void {
    if (!this.#messages.has(message.id)) {
      const children = this.#children.get(message.parent_id) ?? [];
      children.push(message.id);
      this.#forks += children.length === 2 ? 1 : 0;
      this.#children.set(message.parent_id, children);
    }
    this.#messages.set(message.id, message);
  }

  remove(id: string): void {
    const message = this.#messages.get(id);
    if (message !== undefined) {
      const siblings = this.#children.get(message.parent_id) ?? [];
      this.#children.set(
        message.parent_id,
        siblings.filter(sibling => sibling !== id)
      );
      this.#forks -= siblings.length === 2 ? 1 : 0;
      this.#messages.delete(id);
    }
  }

  /** From the first message down to `headId`. */
  branch(headId: string | null): Message[] {
    const branch: Message[] = [];
    const seen = new Set<string>();
    let id = headId;
    while (id !== null && !seen.has(id)) {
      seen.add(id);
      const message = this.#messages.get(id);
      if (message === undefined) {
        break;
      }
      branch.push(message);
      id = message.parent_id;
    }
    return branch.reverse();
  }

  /** The ids of the messages beside `message`, itself among them, in the order they were written. */
  siblings(message: Message): readonly string[] {
    return this.#children.get(message.parent_id) ?? [];
  }

  /** The replies to a question that can be compared: of each model the latest, in the order the models came in. */
  compared(questionId: string): Message[] {
    const latest = new Map<string | null, Message>();
    for (const id of this.#children.get(questionId) ?? []) {
      const reply = this.#messages.get(id);
      if (reply?.author === 'assistant' && reply.merged_from.length === 0) {
        latest.set(reply.model, reply); // a later one takes its place
      }
    }
    return [...latest.values()];
  }

  /** All branches as runs of messages, each before those that fork from it. */
  runs(): Run[] {
    const found: Run[] = [];
    const waiting: (readonly [id: string, level: number])[] = [];
    const wait = (ids: readonly string[], level: number): void => {
      waiting.push(...ids.map(id => [id, level] as const).reverse());
    };
    wait(this.#children.get(null) ?? [], 1);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [id, level] = next;
      const first = this.#messages.get(id);
      let following = this.#children.get(id) ?? [];
      let messages = 1;
      for (; following.length === 1; following = this.#children.get(following[0] ?? '') ?? []) {
        messages += 1;
      }
      if (first !== undefined) {
        found.push({ first, messages, level });
      }
      wait(following, level + 1);
    }
    return found;
  }

  /** The end of the branch below `id` that was written last. */
  newestLeaf(id: string): string {
    const seen = new Set<string>();
    let leaf = id;
    for (;;) {
      const child = this.#children.get(leaf)?.at(-1);
      if (child === undefined || seen.has(child)) {
        return leaf;
      }
      seen.add(child);
      leaf = child;
    }
  }

  readonly #messages = new Map<string, Message>();
  #forks = 0;
  readonly #children = new Map<string | null, string[]>();
}
