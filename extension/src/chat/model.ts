import { changesOf } from './changes.js';
import { newId } from './ids.js';
import { Models } from './models.js';
import type {
  Change,
  Conversation,
  ConversationPage,
  ConversationTree,
  Experience,
  Fault,
  Message,
  Turn
} from './records.js';
import { followReply, type Piece, type ReplyListener } from './reply.js';
import { type ChatState, EMPTY, type ShownMessage } from './state.js';
import { ApiError, isAbort, type Transport } from './transport.js';
import { MessageTree } from './tree.js';

/** A first token that takes longer than this is worth a word. */
const SLOW_MS = 1000;
/** Changes come in flocks; what is shown is read again once they have settled. */
const SETTLE_MS = 200;
const PAGE_SIZE = 50;

/** A question on its way to the owner. Its ids are made here, so that sending it again does it once. */
interface Outgoing {
  readonly message: Message;
  readonly replyId: string;
  readonly key: string;
  fault: Fault | null;
}

/**
 * A chat without a screen: the conversations of one Experience, one of them open.
 *
 * Replies run in the owner whatever happens here; an open conversation follows the reply that runs in it.
 */
export class ChatModel {
  constructor(transport: Transport) {
    this.#transport = transport;
    this.#models = new Models(transport, news => {
      this.#set(news);
      this.#answering();
    });
  }

  get state(): ChatState {
    return this.#state;
  }

  /** Calls `listener` after each change. Returns the way to stop that. */
  subscribe(listener: (state: ChatState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends everything under way here; replies go on in the owner. */
  dispose(): void {
    this.#leave();
    this.#listeners.clear();
  }

  /** Shows an Experience with its latest conversation; null: none. */
  async open(experienceId: string | null): Promise<void> {
    if (experienceId !== null && experienceId === this.#experienceId) {
      if (this.#state.phase !== 'failed') {
        return;
      }
    }
    this.#leave();
    this.#experienceId = experienceId;
    if (experienceId === null) {
      this.#set(EMPTY);
      return;
    }
    const scope = new AbortController();
    this.#experienceScope = scope;
    const { models, modelsKnown, defaultModel, demo } = this.#state;
    this.#set({ ...EMPTY, phase: 'loading', models, modelsKnown, defaultModel, demo });
    this.#unsubscribe = changesOf(this.#transport).subscribe(change => { this.#onChange(change); });
    try {
      const [experience, page] = await Promise.all([
        this.#get<Experience>(`experiences/${experienceId}`, scope.signal),
        this.#get<ConversationPage>(this.#listPath(null), scope.signal),
        this.#models.read(scope.signal)
      ]);
      if (scope.signal.aborted) {
        return;
      }
      this.#set({ phase: 'ready', experience });
      this.#answering();
      this.#putPage(page);
      const latest = this.#state.conversations[0];
      if (latest === undefined) {
        this.newConversation();
      } else {
        await this.openConversation(latest.id);
      }
    } catch (error) {
      if (!scope.signal.aborted) {
        this.#set({
          phase: 'failed',
          problem: {
            fault: toFault(error),
            again: () => this.open(experienceId)
          }
        });
      }
    }
  }

  /** An empty conversation; it is saved with its first question. */
  newConversation(): void {
    this.#leaveConversation();
    this.#tree = new MessageTree();
    this.#head = null;
    this.#set({
      conversation: null,
      opening: false,
      problem: null,
      draft: this.#drafts.get(this.#draftKey(null)) ?? ''
    });
    this.#show();
  }

  /** Reads a conversation and follows the reply that runs in it. */
  async openConversation(id: string): Promise<void> {
    const conversation = this.#state.conversations.find(each => each.id === id);
    this.#leaveConversation();
    const scope = new AbortController();
    this.#conversationScope = scope;
    this.#tree = new MessageTree();
    this.#head = null;
    this.#set({
      conversation: conversation ?? null,
      opening: true,
      problem: null,
      draft: this.#drafts.get(this.#draftKey(id)) ?? ''
    });
    this.#show();
    try {
      if (!this.#unsaved.has(id)) {
        const tree = await this.#get<ConversationTree>(`conversations/${id}`, scope.signal);
        if (scope.signal.aborted) {
          return;
        }
        this.#tree = new MessageTree(tree.messages);
        this.#head = tree.conversation.head_id ?? tree.messages.at(-1)?.id ?? null;
        this.#putConversation(tree.conversation);
        this.#set({ conversation: tree.conversation });
      }
      this.#addOutgoing(id);
      this.#set({ opening: false });
      this.#show();
    } catch (error) {
      if (!scope.signal.aborted) {
        this.#set({ opening: false });
        this.#fail(error, () => this.openConversation(id));
      }
    }
  }

  /** Reads the next page of the list of conversations. */
  async readMoreConversations(): Promise<void> {
    const scope = this.#experienceScope;
    if (this.#cursor === null || scope === null) {
      return;
    }
    try {
      const page = await this.#get<ConversationPage>(this.#listPath(this.#cursor), scope.signal);
      if (!scope.signal.aborted) {
        const known = new Set(this.#state.conversations.map(each => each.id));
        this.#cursor = page.next_cursor;
        this.#set({
          conversations: [
            ...this.#state.conversations,
            ...page.conversations.filter(each => !known.has(each.id))
          ],
          moreConversations: page.next_cursor !== null
        });
      }
    } catch (error) {
      this.#fail(error, () => this.readMoreConversations());
    }
  }

  /** Gives the open conversation another title. */
  async renameConversation(title: string): Promise<void> {
    const conversation = this.#state.conversation;
    if (conversation === null || title.trim() === '' || title.trim() === conversation.title) {
      return;
    }
    try {
      const renamed = await this.#transport.request<Conversation>(
        'PATCH',
        `conversations/${conversation.id}`,
        { title: title.trim() }
      );
      this.#putConversation(renamed);
    } catch (error) {
      this.#fail(error, () => this.renameConversation(title));
    }
  }

  /** Keeps what is written and not sent, for each conversation, as long as the page lives. */
  setDraft(text: string): void {
    this.#drafts.set(this.#draftKey(this.#state.conversation?.id ?? null), text);
    this.#set({ draft: text });
  }

  /** Asks. The question is shown at once; whether it could be saved is said at its `delivery`. */
  async send(text: string): Promise<void> {
    const branch = this.#state.branch.filter(shown => shown.delivery === 'saved');
    await this.#ask(text, branch.at(-1)?.message.id ?? null);
  }

  /** Asks otherwise: the new question becomes a sibling of the question `id`. */
  async edit(id: string, text: string): Promise<void> {
    const question = this.#tree.get(id);
    if (question !== undefined) {
      await this.#ask(text, question.parent_id);
    }
  }

  /** Sends a question again that could not be saved. */
  async sendAgain(id: string): Promise<void> {
    const outgoing = this.#outbox.get(id);
    if (outgoing !== undefined && outgoing.fault !== null) {
      await this.#deliver(outgoing);
    }
  }

  /** Takes a question back that could not be saved. Returns its text. */
  takeBack(id: string): string {
    const outgoing = this.#outbox.get(id);
    if (outgoing === undefined || outgoing.fault === null) {
      return '';
    }
    this.#outbox.delete(id);
    this.#tree.remove(id);
    this.#head = outgoing.message.parent_id;
    this.#show();
    return outgoing.message.text;
  }

  /** Stops the running reply; what has arrived of it stays. */
  async stop(): Promise<void> {
    const running = this.#state.running;
    if (running === null || this.#state.stopping) {
      return;
    }
    this.#set({ stopping: true });
    try {
      await this.#delivering.get(running.id);
      const stopped = await this.#transport.request<Message>('POST', `messages/${running.id}/stop`);
      this.#put(stopped);
    } catch (error) {
      this.#fail(error, () => this.stop());
    } finally {
      this.#set({ stopping: false });
    }
  }

  /** Has the question of the reply `id` answered again, beside it; by `model`, or by the one that answers here. */
  async retry(id: string, model: string | null = null): Promise<void> {
    await this.#retry(id, model, newId(), newId());
  }

  /** Lets an interrupted, stopped or failed reply go on from its last character. */
  async resume(id: string): Promise<void> {
    await this.#resume(id, newId());
  }

  /** Shows the branch of another question or reply, as far as it goes. */
  async selectSibling(id: string): Promise<void> {
    if (this.#tree.get(id) === undefined) {
      return;
    }
    this.#head = this.#tree.newestLeaf(id);
    this.#show();
    const conversation = this.#state.conversation;
    if (conversation === null || this.#outbox.has(this.#head)) {
      return;
    }
    try {
      const saved = await this.#transport.request<Conversation>(
        'PATCH',
        `conversations/${conversation.id}`,
        { head_id: this.#head }
      );
      this.#putConversation(saved);
    } catch (error) {
      this.#fail(error, null);
    }
  }

  /** Makes `id` the model of this Experience; null: the default answers. */
  async chooseModel(id: string | null): Promise<void> {
    const experience = this.#state.experience;
    if (experience === null || experience.model === id) {
      return;
    }
    try {
      const changed = await this.#transport.request<Experience>(
        'PATCH',
        `experiences/${experience.id}`,
        { model: id }
      );
      if (this.#experienceId === changed.id) {
        this.#set({ experience: changed });
        this.#answering();
      }
    } catch (error) {
      this.#fail(error, () => this.chooseModel(id));
    }
  }

  /** Makes `id` the model that answers wherever no other was chosen. */
  async chooseDefault(id: string): Promise<void> {
    await this.#try(() => this.#models.chooseDefault(id));
  }

  /** Fetches the demo model, or goes on fetching it. */
  async addDemo(): Promise<void> {
    await this.#try(() => this.#models.addDemo());
  }

  /** Stops fetching the demo model; what has arrived is kept. */
  async cancelDemo(): Promise<void> {
    await this.#try(() => this.#models.cancelDemo());
  }

  /** Shows what went wrong in something the host did for the chat. */
  report(error: unknown): void {
    this.#fail(error, null);
  }

  dismissProblem(): void {
    this.#set({ problem: null });
  }

  // Asking -----------------------------------------------------------------------------------------------------------

  async #ask(text: string, parentId: string | null): Promise<void> {
    const experience = this.#state.experience;
    if (experience === null || text.trim() === '' || this.#state.running !== null) {
      return;
    }
    const conversation = this.#state.conversation ?? this.#makeConversation(experience.id, text);
    const outgoing: Outgoing = {
      message: { ...blank(newId(), conversation, parentId), author: 'user', text },
      replyId: newId(),
      key: newId(),
      fault: null
    };
    this.#outbox.set(outgoing.message.id, outgoing);
    this.setDraft('');
    await this.#deliver(outgoing);
  }

  #makeConversation(experienceId: string, text: string): Conversation {
    const now = new Date().toISOString();
    const conversation: Conversation = {
      id: newId(),
      experience_id: experienceId,
      title: text.trim().split('\n', 1)[0]?.slice(0, 80) ?? '',
      head_id: null,
      message_count: 0,
      created_at: now,
      updated_at: now,
      revision: 0
    };
    this.#unsaved.add(conversation.id);
    this.#conversationScope = new AbortController();
    this.setDraft('');
    this.#set({ conversation });
    this.#putConversation(conversation);
    return conversation;
  }

  async #deliver(outgoing: Outgoing): Promise<void> {
    const { message, replyId } = outgoing;
    outgoing.fault = null;
    const reply: Message = {
      ...blank(replyId, message, message.id),
      author: 'assistant',
      status: 'running',
      model: this.#state.answering?.id ?? null,
      model_name: this.#state.answering?.name ?? null
    };
    this.#tree.put(message);
    this.#tree.put(reply);
    this.#head = replyId;
    this.#set({ problem: null });
    const delivery = this.#post(outgoing);
    this.#delivering.set(replyId, delivery);
    this.#show();
    try {
      const turn = await delivery;
      this.#delivering.delete(replyId);
      this.#outbox.delete(message.id);
      this.#put(turn.message, turn.reply);
      this.#settle();
    } catch (error) {
      this.#delivering.delete(replyId);
      outgoing.fault = toFault(error);
      if (this.#isOpen(message.conversation_id)) {
        this.#tree.remove(replyId);
        if (this.#head === replyId) {
          this.#head = message.id;
        }
        this.#show();
      }
    }
  }

  async #post(outgoing: Outgoing): Promise<Turn> {
    const { message, replyId, key } = outgoing;
    const id = message.conversation_id;
    if (this.#unsaved.has(id)) {
      const conversation = await this.#transport.request<Conversation>(
        'POST',
        'conversations',
        { id, experience_id: message.experience_id },
        { idempotencyKey: id }
      );
      this.#unsaved.delete(id);
      this.#putConversation({ ...conversation, title: conversation.title || this.#title(id) });
    }
    return this.#transport.request<Turn>(
      'POST',
      `conversations/${id}/messages`,
      { id: message.id, reply_id: replyId, parent_id: message.parent_id, text: message.text },
      { idempotencyKey: key }
    );
  }

  async #retry(id: string, model: string | null, replyId: string, key: string): Promise<void> {
    const reply = this.#tree.get(id);
    if (reply === undefined || this.#state.running !== null) {
      return;
    }
    const asked = this.#state.models.find(each => each.id === model) ?? this.#state.answering;
    this.#tree.put({
      ...blank(replyId, reply, reply.parent_id),
      author: 'assistant',
      status: 'running',
      model: asked?.id ?? null,
      model_name: asked?.name ?? null
    });
    this.#head = replyId;
    this.#set({ problem: null });
    const body = model === null ? { reply_id: replyId } : { reply_id: replyId, model };
    const started = this.#start(replyId, `messages/${id}/retry`, body, key);
    this.#show();
    try {
      this.#put(await started);
    } catch (error) {
      if (this.#isOpen(reply.conversation_id)) {
        this.#tree.remove(replyId);
        this.#head = id;
        this.#show();
        this.#fail(error, () => this.#retry(id, model, replyId, key));
      }
    }
  }

  async #resume(id: string, key: string): Promise<void> {
    const reply = this.#tree.get(id);
    if (reply === undefined || this.#state.running !== null) {
      return;
    }
    this.#tree.put({ ...reply, status: 'running', fault: null });
    this.#set({ problem: null });
    const started = this.#start(id, `messages/${id}/continue`, undefined, key);
    this.#show();
    try {
      this.#put(await started);
    } catch (error) {
      if (this.#isOpen(reply.conversation_id)) {
        this.#tree.put(reply);
        this.#show();
        this.#fail(error, () => this.#resume(id, key));
      }
    }
  }

  /** Asks for a reply that is shown as running already. */
  async #start(
    replyId: string,
    path: string,
    body: unknown,
    idempotencyKey: string
  ): Promise<Message> {
    const started = this.#transport.request<Message>('POST', path, body, { idempotencyKey });
    this.#delivering.set(replyId, started);
    try {
      return await started;
    } finally {
      this.#delivering.delete(replyId);
    }
  }

  // Following a reply ------------------------------------------------------------------------------------------------

  /** Follows the running reply at the end of the branch, and no other. */
  #follow(running: Message | null): void {
    const id = running === null || this.#delivering.has(running.id) ? null : running.id;
    if (this.#followed?.id === id) {
      return;
    }
    this.#followed?.scope.abort();
    this.#followed = null;
    if (id !== null) {
      this.#followed = { id, scope: new AbortController() };
      const { signal } = this.#followed.scope;
      followReply(this.#transport, id, this.#listenTo(id), signal)
        .then(() => {
          this.#settle();
        })
        .catch((error: unknown) => {
          this.#fail(error, () => this.#reread());
        });
    }
  }

  #listenTo(id: string): ReplyListener {
    return {
      onMessage: message => {
        this.#put(message);
      },
      onPiece: piece => {
        this.#append(id, piece);
      },
      onConnection: connection => {
        this.#set({ connection });
      }
    };
  }

  #append(id: string, piece: Required<Piece>): void {
    const message = this.#tree.get(id);
    if (message?.status === 'running') {
      this.#put({
        ...message,
        text: message.text + piece.text,
        reasoning: message.reasoning + piece.reasoning
      });
    }
  }

  // What is shown ----------------------------------------------------------------------------------------------------

  /** Takes messages of the owner in, if they belong to the open conversation. */
  #put(...messages: Message[]): void {
    const ours = messages.filter(message => this.#isOpen(message.conversation_id));
    if (ours.length > 0) {
      for (const message of ours) {
        this.#tree.put(message);
      }
      this.#show();
    }
  }

  /** Draws the branch anew; what is the same as before keeps its identity. */
  #show(): void {
    const before = new Map(this.#state.branch.map(shown => [shown.message.id, shown]));
    const branch = this.#tree.branch(this.#head).map(message => {
      const shown = this.#shown(message);
      const old = before.get(message.id);
      return old !== undefined && same(old, shown) ? old : shown;
    });
    const last = branch.at(-1)?.message;
    const running = last?.status === 'running' ? last : null;
    this.#watchFirstToken(running);
    this.#set({
      branch,
      running,
      ...(running === null ? { connection: 'live' as const } : {})
    });
    this.#follow(running);
  }

  #shown(message: Message): ShownMessage {
    const outgoing = this.#outbox.get(message.id);
    const sending = outgoing !== undefined || this.#delivering.has(message.id);
    return {
      message,
      siblings: this.#tree.siblings(message),
      delivery: outgoing?.fault ? 'unsent' : sending ? 'sending' : 'saved',
      fault: outgoing?.fault ?? null
    };
  }

  /** Says `slow` once a reply has kept its first token back for a while. */
  #watchFirstToken(running: Message | null): void {
    const waiting =
      running?.text === '' && running.reasoning === '' ? running.id : null;
    if (waiting === (this.#waiting?.id ?? null)) {
      return;
    }
    clearTimeout(this.#waiting?.timer);
    this.#waiting = null;
    if (this.#state.slow) {
      this.#set({ slow: false });
    }
    if (waiting !== null) {
      const timer = setTimeout(() => { this.#set({ slow: true }); }, SLOW_MS);
      this.#waiting = { id: waiting, timer };
    }
  }

  #set(patch: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...patch };
    for (const listener of [...this.#listeners]) {
      listener(this.#state);
    }
  }

  /** Does `work`; where it fails, says so and offers it again. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error, () => this.#try(work));
    }
  }

  #fail(error: unknown, again: (() => Promise<void>) | null): void {
    if (!isAbort(error)) {
      this.#set({ problem: { fault: toFault(error), again } });
    }
  }

  // Conversations ----------------------------------------------------------------------------------------------------

  #isOpen(conversationId: string): boolean {
    return this.#state.conversation?.id === conversationId;
  }

  #title(id: string): string {
    return this.#state.conversations.find(each => each.id === id)?.title ?? '';
  }

  /** Puts questions back into the tree that the owner has not got. */
  #addOutgoing(conversationId: string): void {
    for (const { message, fault, replyId } of this.#outbox.values()) {
      if (message.conversation_id === conversationId && this.#tree.get(message.id) === undefined) {
        this.#tree.put(message);
        this.#head = message.id;
        if (fault === null) {
          this.#tree.put({
            ...blank(replyId, message, message.id),
            author: 'assistant',
            status: 'running'
          });
          this.#head = replyId;
        }
      }
    }
  }

  #putConversation(conversation: Conversation): void {
    if (conversation.experience_id !== this.#experienceId) {
      return;
    }
    const known = this.#state.conversations;
    const conversations = known.some(each => each.id === conversation.id)
      ? known.map(each => (each.id === conversation.id ? conversation : each))
      : [conversation, ...known];
    this.#set({
      conversations,
      ...(this.#isOpen(conversation.id) ? { conversation } : {})
    });
  }

  /** Takes the first page in; pages read before it stay below. */
  #putPage(page: ConversationPage): void {
    const first = new Set(page.conversations.map(each => each.id));
    const known = this.#state.conversations.filter(each => !first.has(each.id));
    const unsaved = known.filter(each => this.#unsaved.has(each.id));
    const oldest = page.conversations.at(-1)?.updated_at ?? '';
    const below =
      page.next_cursor === null
        ? []
        : known.filter(each => !this.#unsaved.has(each.id) && each.updated_at <= oldest);
    if (below.length === 0) {
      this.#cursor = page.next_cursor;
    }
    const open = page.conversations.find(each => this.#isOpen(each.id));
    this.#set({
      conversations: [...unsaved, ...page.conversations, ...below],
      moreConversations: this.#cursor !== null,
      ...(open === undefined ? {} : { conversation: open })
    });
  }

  #listPath(cursor: string | null): string {
    const query = new URLSearchParams({
      experience: this.#experienceId ?? '',
      limit: String(PAGE_SIZE)
    });
    if (cursor !== null) {
      query.set('cursor', cursor);
    }
    return `conversations?${query.toString()}`;
  }

  #draftKey(conversationId: string | null): string {
    return conversationId ?? `new in ${this.#experienceId ?? ''}`;
  }

  // Changes made elsewhere -------------------------------------------------------------------------------------------

  #onChange(change: Change | null): void {
    const scope = this.#experienceScope;
    if (scope === null) {
      return;
    }
    const { noun, id } = change ?? { noun: 'everything', id: '' };
    const here = change === null || change.experience_id === this.#experienceId;
    if (noun === 'everything' || noun === 'models') {
      void this.#models.read(scope.signal).catch(() => undefined); // the next change tries again
    }
    if (noun === 'downloads' && this.#state.demo?.state !== 'running') {
      void this.#models.followDemo().catch(() => undefined); // likewise
    }
    if (noun === 'everything' || (noun === 'experiences' && id === this.#experienceId)) {
      void this.#readExperience(scope.signal).catch(() => undefined); // likewise
    }
    if (noun === 'everything' || ((noun === 'conversations' || noun === 'messages') && here)) {
      this.#settle();
    }
  }

  /** Reads the list again once changes have settled, and the open conversation if it has moved on. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const scope = this.#experienceScope;
      if (scope !== null && this.#state.phase === 'ready') {
        void this.#reread().catch(() => undefined); // the next change tries again
      }
    }, SETTLE_MS);
  }

  async #reread(): Promise<void> {
    const scope = this.#experienceScope;
    if (scope === null) {
      return;
    }
    this.#putPage(await this.#get<ConversationPage>(this.#listPath(null), scope.signal));
    const open = this.#state.conversation;
    const behind =
      open !== null &&
      !this.#unsaved.has(open.id) &&
      this.#delivering.size === 0 &&
      (open.message_count !== this.#savedCount() || this.#isBehind(open));
    if (behind) {
      await this.#mergeTree(open.id);
    }
  }

  #savedCount(): number {
    const unsent = [...this.#outbox.values()].filter(each => this.#isOpen(each.message.conversation_id));
    return this.#tree.size - unsent.length;
  }

  /** Whether the conversation's head is a message that is not known, or not known to have ended. */
  #isBehind(conversation: Conversation): boolean {
    const head = conversation.head_id === null ? undefined : this.#tree.get(conversation.head_id);
    return conversation.head_id !== null && head === undefined;
  }

  /** Takes in what others wrote. The view follows them only where they went on from what it shows. */
  async #mergeTree(id: string): Promise<void> {
    const scope = this.#conversationScope;
    if (scope === null) {
      return;
    }
    const tree = await this.#get<ConversationTree>(`conversations/${id}`, scope.signal);
    if (scope.signal.aborted || !this.#isOpen(id) || this.#delivering.size > 0) {
      return;
    }
    const followed = this.#followed === null ? undefined : this.#tree.get(this.#followed.id);
    const merged = new MessageTree(tree.messages);
    if (followed !== undefined) {
      merged.put(followed);
    }
    this.#tree = merged;
    this.#addUnsent(id);
    const theirs = merged.branch(tree.conversation.head_id);
    const ours = this.#head;
    if (ours === null || merged.get(ours) === undefined || theirs.some(each => each.id === ours)) {
      this.#head = tree.conversation.head_id;
    }
    this.#putConversation(tree.conversation);
    this.#show();
  }

  #addUnsent(conversationId: string): void {
    const head = this.#head;
    this.#addOutgoing(conversationId);
    this.#head = head;
  }

  async #readExperience(signal: AbortSignal): Promise<void> {
    const experience = await this.#get<Experience>(`experiences/${this.#experienceId}`, signal);
    if (!signal.aborted) {
      this.#set({ experience });
      this.#answering();
    }
  }

  // ------------------------------------------------------------------------------------------------------------------

  #answering(): void {
    const { experience, models, defaultModel } = this.#state;
    const chosen = experience?.model ?? null;
    const answering =
      chosen === null ? defaultModel : (models.find(each => each.id === chosen) ?? null);
    if (answering?.id !== this.#state.answering?.id) {
      this.#set({ answering });
    }
  }

  #get<T>(path: string, signal: AbortSignal): Promise<T> {
    return this.#transport.request<T>('GET', path, undefined, { signal });
  }

  #leaveConversation(): void {
    this.#conversationScope?.abort();
    this.#conversationScope = null;
    this.#follow(null);
    this.#watchFirstToken(null);
  }

  #leave(): void {
    this.#leaveConversation();
    this.#experienceScope?.abort();
    this.#experienceScope = null;
    this.#unsubscribe();
    this.#unsubscribe = () => undefined;
    clearTimeout(this.#settling);
  }

  readonly #transport: Transport;
  readonly #models: Models;
  readonly #listeners = new Set<(state: ChatState) => void>();
  readonly #drafts = new Map<string, string>();
  readonly #outbox = new Map<string, Outgoing>();
  /** Conversations that the owner has not got yet. */
  readonly #unsaved = new Set<string>();
  /** Replies that are shown as running and have been asked for, not confirmed. */
  readonly #delivering = new Map<string, Promise<unknown>>();
  #state: ChatState = EMPTY;
  #experienceId: string | null = null;
  #tree = new MessageTree();
  #head: string | null = null;
  #cursor: string | null = null;
  #followed: { readonly id: string; readonly scope: AbortController } | null = null;
  #waiting: { readonly id: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #experienceScope: AbortController | null = null;
  #conversationScope: AbortController | null = null;
  #unsubscribe: () => void = () => undefined;
}

function blank(
  id: string,
  place: { readonly experience_id: string } & (
    | { readonly conversation_id: string }
    | { readonly revision: number; readonly id: string }
  ),
  parentId: string | null
): Message {
  const now = new Date().toISOString();
  return {
    id,
    conversation_id: 'conversation_id' in place ? place.conversation_id : place.id,
    experience_id: place.experience_id,
    parent_id: parentId,
    author: 'user',
    text: '',
    reasoning: '',
    status: 'complete',
    fault: null,
    model: null,
    model_name: null,
    provider: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    first_token_ms: null,
    total_ms: null,
    created_at: now,
    updated_at: now
  };
}

function same(one: ShownMessage, other: ShownMessage): boolean {
  return (
    one.message === other.message &&
    one.delivery === other.delivery &&
    one.fault === other.fault &&
    one.siblings.length === other.siblings.length &&
    one.siblings.every((id, index) => id === other.siblings[index])
  );
}

function toFault(error: unknown): Fault {
  if (error instanceof ApiError) {
    return { code: error.code, message: error.message, remedy: error.remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'error', message, remedy: 'Reload the page and try again.' };
}
