import type { Conversation, ConversationPage } from './records.js';

const PAGE_SIZE = 50;

type GetPage = (path: string) => Promise<ConversationPage>;

/** The conversations of an Experience as far as they were read, the latest first. */
export class ConversationList {
  constructor(experienceId: string) {
    this.#experienceId = experienceId;
  }

  /** A list that is still to be read, with those that the owner has not got. */
  anew(): ConversationList {
    const list = new ConversationList(this.#experienceId);
    for (const each of this.#all.filter(({ id }) => this.isUnsaved(id)).toReversed()) {
      list.add(each);
    }
    return list;
  }

  get all(): readonly Conversation[] {
    return this.#all;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  get(id: string): Conversation | undefined {
    return this.#all.find(each => each.id === id);
  }

  /** Whether the owner has not got the conversation yet. */
  isUnsaved(id: string): boolean {
    return this.#unsaved.has(id);
  }

  /** Adds a conversation that the owner has not got. */
  add(conversation: Conversation): void {
    this.#unsaved.add(conversation.id);
    this.#all = [conversation, ...this.#all];
  }

  /** Takes in what the owner has. */
  put(conversation: Conversation): void {
    this.#unsaved.delete(conversation.id);
    const old = this.get(conversation.id);
    const titled = this.#titled(conversation);
    if (old !== undefined) {
      this.#all = this.#all.map(each => (each === old ? titled : each));
      return;
    }
    const place = this.#all.findIndex(each => each.updated_at < titled.updated_at);
    this.#all = this.#all.toSpliced(place === -1 ? this.#all.length : place, 0, titled);
  }

  /** Reads the first page; pages that were read before stay below it. */
  async readFirst(get: GetPage): Promise<void> {
    const saved = new Set(this.#all.filter(each => !this.isUnsaved(each.id)).map(each => each.id));
    const page = await get(this.#path(null));
    const first = new Set(page.conversations.map(each => each.id));
    for (const id of first) {
      this.#unsaved.delete(id);
    }
    const others = this.#all.filter(each => !first.has(each.id));
    const titled = page.conversations.map(each => this.#titled(this.#later(each)));
    const oldest = page.conversations.at(-1)?.updated_at ?? '';
    const below = others.filter(each => saved.has(each.id) && each.updated_at <= oldest);
    const hasBelow = page.next_cursor !== null && below.length > 0;
    this.#all = [
      ...others.filter(each => !saved.has(each.id)), // not saved yet, or since the page was asked for
      ...titled,
      ...(hasBelow ? below : [])
    ];
    this.#cursor = hasBelow ? this.#cursor : page.next_cursor;
  }

  async readNext(get: GetPage): Promise<void> {
    const page = await get(this.#path(this.#cursor));
    const known = new Set(this.#all.map(each => each.id));
    this.#all = [...this.#all, ...page.conversations.filter(each => !known.has(each.id))];
    this.#cursor = page.next_cursor;
  }

  #path(cursor: string | null): string {
    const query = new URLSearchParams({ experience: this.#experienceId, limit: String(PAGE_SIZE) });
    if (cursor !== null) {
      query.set('cursor', cursor);
    }
    return `conversations?${query.toString()}`;
  }

  /** `read`, or what came of it while it was on its way. */
  #later(read: Conversation): Conversation {
    const known = this.get(read.id);
    return known !== undefined && known.revision > read.revision ? known : read;
  }

  /** A conversation has no title until its first question is saved; the one it is shown under stays till then. */
  #titled(conversation: Conversation): Conversation {
    const title = conversation.title || (this.get(conversation.id)?.title ?? '');
    return { ...conversation, title };
  }

  readonly #experienceId: string;
  readonly #unsaved = new Set<string>();
  #all: readonly Conversation[] = [];
  #cursor: string | null = null;
}
