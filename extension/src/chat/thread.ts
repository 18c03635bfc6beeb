import { attachmentOf } from './attaching.js';
import { newId } from './ids.js';
import { newQuestion, newReplies, newReply, type Outbox, type Outgoing } from './outbox.js';
import type { BranchChange, Conversation, ConversationTree, Given, Message, Model, NewRating, Turn } from './records.js';
import { followReply, type Piece } from './reply.js';
import { type Again, type ChatState, type Leave, type ShownMessage, WARNED } from './state.js';
import { ApiError, toFault, type Transport } from './transport.js';
import { MessageTree, type Run } from './tree.js';

/** A browser opens six connections to a server at most: some must stay free for what the reader does. */
const MOST_STREAMS = 4;
/** A first token that takes longer than this is worth a word. */
const SLOW_MS = 1000;

/** What of the state is the open conversation's. */
export type ThreadState = Pick<
  ChatState,
  'branch' | 'columns' | 'forks' | 'deleted' | 'running' | 'stopping' | 'slow' | 'waiting' | 'connection'
>;

export const EMPTY_THREAD: ThreadState = {
  branch: [],
  columns: [],
  forks: false,
  deleted: null,
  running: null,
  stopping: false,
  slow: false,
  waiting: '',
  connection: 'live'
};

/** The one who has a thread open. */
export interface ThreadHost {
  /** The model that answers the next question. */
  readonly answering: Model | null;
  onChange(news: Partial<ThreadState>): void;
  onFailure(error: unknown, again: Again | null): void;
  /** The owner has the conversation in this form. */
  onSaved(conversation: Conversation): void;
  /** A reply has begun or ended: lists may read otherwise now. */
  onTurn(): void;
  /** A question has arrived, or could not be sent; whoever shows its conversation now is to take that in. */
  onDelivery(outgoing: Outgoing, turn: Turn | null): void;
  /** Makes sure that the owner has the conversation. */
  save(conversation: Conversation): Promise<void>;
}

/**
 * The messages of the open conversation: the branch that is shown, the reply that runs at its end, and what is asked.
 *
 * What is asked is shown at once, and taken back if the owner refuses it; but questions stay until they are sent.
 */
export class Thread {
  constructor(transport: Transport, host: ThreadHost, outbox: Outbox, conversation: Conversation) {
    this.conversation = conversation;
    this.#transport = transport;
    this.#host = host;
    this.#outbox = outbox;
  }

  /** As it was opened; what becomes of its title is the list's. */
  readonly conversation: Conversation;

  get isClosed(): boolean {
    return this.#scope.signal.aborted;
  }

  /** The last message of the branch that the owner has. */
  get savedHead(): string | null {
    return this.#branch.findLast(shown => shown.delivery === 'saved')?.message.id ?? null;
  }

  /** Stops following and showing; what was asked goes on. */
  close(): void {
    this.#scope.abort();
    this.#follow([]);
    clearTimeout(this.#slow?.timer);
  }

  /** Reads all messages, and goes to the branch that was shown last; `show` shows it. */
  async read(): Promise<Conversation> {
    const { conversation, messages } = await this.#getTree();
    this.#tree = new MessageTree(messages);
    this.#head = conversation.head_id ?? messages.at(-1)?.id ?? null;
    const asked = this.#tree.get(this.#head ?? '')?.parent_id ?? '';
    const isUnderWay = this.#tree.compared(asked).filter(each => each.status === 'running').length > 1;
    this.#compared = isUnderWay ? asked : null;
    this.#addOutgoing({ follow: true });
    return conversation;
  }

  /** Shows a conversation of which the owner has nothing yet. */
  restore(): void {
    this.#addOutgoing({ follow: true });
    this.show();
  }

  /** Takes in what others wrote. The view follows them only where they went on from what it shows. */
  async merge(): Promise<void> {
    const { conversation, messages } = await this.#getTree();
    if (this.isClosed || this.#asked.size > 0) {
      return;
    }
    const followed = [...this.#followed.keys()].map(id => this.#tree.get(id));
    this.#tree = new MessageTree(messages);
    for (const each of followed) {
      if (each !== undefined) {
        this.#tree.put(each); // more of it has arrived here than was saved
      }
    }
    this.#addOutgoing({ follow: false });
    const theirs = this.#tree.branch(conversation.head_id).map(each => each.id);
    const head = this.#head;
    if (head === null || this.#tree.get(head) === undefined || theirs.includes(head)) {
      this.#head = conversation.head_id;
    }
    this.#host.onSaved(conversation);
    this.show();
  }

  /** Whether the conversation holds messages that are not shown here. */
  isBehind(conversation: Conversation): boolean {
    const { head_id: head, message_count: count } = conversation;
    const unsaved = this.#outbox.of(conversation.id).length;
    const isComplete = count === this.#tree.size - unsaved;
    return this.#asked.size === 0 && !(isComplete && (head === null || this.#tree.get(head)));
  }

  /**
   * Asks, several `models` at once or the one that answers; `given` goes with the question.
   *
   * `of` is the question that this one was made of, and what was given with it is given again.
   */
  async ask(
    text: string,
    parentId: string | null,
    models: readonly Model[] = [],
    given: readonly Given[] = [],
    of: Message | null = null
  ): Promise<void> {
    const attachments = of?.attachments ?? given.map(attachmentOf);
    const question = newQuestion(this.conversation, parentId, text, attachments);
    this.#tree.put(question);
    await this.#deliver(this.#outbox.add(question, of?.id ?? null, models, given));
  }

  async edit(id: string, text: string): Promise<void> {
    const question = this.#tree.get(id);
    if (question !== undefined) {
      await this.ask(text, question.parent_id, [], [], question);
    }
  }

  async sendAgain(id: string, more: Leave = {}): Promise<void> {
    const outgoing = this.#outbox.get(id);
    if (outgoing !== undefined && outgoing.fault !== null) {
      const leave = { ...outgoing.leave, ...more };
      this.#outbox.mark(id, { fault: null, leave });
      await this.#deliver({ ...outgoing, leave });
    }
  }

  takeBack(id: string): Pick<Outgoing, 'given' | 'question'> | null {
    const outgoing = this.#outbox.get(id);
    if (outgoing === undefined || outgoing.fault === null) {
      return null;
    }
    const { question } = outgoing;
    this.#outbox.delete(id);
    this.#tree.remove(id);
    const [sibling] = this.#tree.siblings(question);
    this.#head =
      question.parent_id ?? (sibling === undefined ? null : this.#tree.newestLeaf(sibling));
    this.show();
    return outgoing;
  }

  /** Takes in what became of a question. */
  receive(outgoing: Outgoing, turn: Turn | null): void {
    if (turn !== null) {
      this.#put(turn.message, turn.reply, ...turn.beside);
      return;
    }
    for (const { id } of newReplies(outgoing, null)) {
      this.#tree.remove(id);
    }
    if (this.#head === outgoing.replyId) {
      this.#head = outgoing.question.id;
    }
    this.show();
  }

  /** Stops all that runs in view, or the reply `only`. */
  async stop(only?: string): Promise<void> {
    const ids = only === undefined ? this.#runningIds : [only];
    if (ids.length === 0 || this.#isStopping) {
      return;
    }
    this.#setStopping(true);
    try {
      await Promise.all(
        ids.map(async id => {
          await this.#asked.get(id);
          this.#put(await this.#transport.request<Message>('POST', `messages/${id}/stop`));
        })
      );
    } catch (error) {
      this.#fail(error, () => this.stop(only));
    } finally {
      this.#setStopping(false);
    }
  }

  async retry(
    id: string,
    model: Pick<Model, 'id' | 'name'> | null,
    ids = { reply: newId(), key: newId() },
    leave: Leave = {}
  ): Promise<void> {
    const reply = this.#tree.get(id);
    const question = this.#tree.get(reply?.parent_id ?? '');
    if (reply === undefined || question === undefined || !this.#isFree(reply)) {
      return;
    }
    const isColumn = question.id === this.#compared;
    const { merged_from } = reply;
    this.#tree.put({ ...newReply(ids.reply, question, model ?? this.#host.answering), merged_from });
    const head = this.#head;
    this.#head = isColumn && head !== id ? head : ids.reply;
    const named = model === null ? {} : { model: model.id };
    const body = { reply_id: ids.reply, ...named, ...leave };
    try {
      this.#put(await this.#start(ids.reply, `messages/${id}/retry`, body, ids.key));
      this.#host.onTurn();
    } catch (error) {
      this.#tree.remove(ids.reply);
      this.#head = this.#head === ids.reply ? id : this.#head;
      this.show();
      this.#fail(error, more => this.retry(id, model, ids, { ...leave, ...more }));
    }
  }

  /** Shows the replies to a question side by side; null: the one of the branch alone. */
  compare(questionId: string | null): void {
    this.#compared = questionId;
    this.show();
  }

  /** Goes on from one of those that stand side by side. */
  async keep(id: string): Promise<void> {
    this.#compared = null;
    await this.selectSibling(id);
  }

  /** Has `model` make one reply of those that stand side by side. */
  async combine(model: Model, ids = { reply: newId(), key: newId() }, leave: Leave = {}): Promise<void> {
    const asked = this.#compared;
    const question = this.#tree.get(asked ?? '');
    if (question === undefined || this.#runningIds.length > 0) {
      return;
    }
    const head = this.#head;
    const merged_from = this.#tree.compared(question.id).filter(each => each.text !== '').map(each => each.id);
    this.#tree.put({ ...newReply(ids.reply, question, model), merged_from });
    this.#head = ids.reply;
    this.#compared = null;
    const body = { reply_id: ids.reply, model: model.id, replies: merged_from, ...leave };
    try {
      this.#put(await this.#start(ids.reply, `messages/${question.id}/merge`, body, ids.key));
      this.#host.onTurn();
    } catch (error) {
      this.#tree.remove(ids.reply);
      this.#head = head;
      this.#compared = asked;
      this.show();
      this.#fail(error, more => this.combine(model, ids, { ...leave, ...more }));
    }
  }

  async resume(id: string, model: Model | null, key = newId(), leave: Leave = {}): Promise<void> {
    const reply = this.#tree.get(id);
    if (reply === undefined || !this.#isFree(reply)) {
      return;
    }
    const named = model === null ? {} : { model: model.id, model_name: model.name, provider: model.provider };
    this.#tree.put({ ...reply, ...named, status: 'running', fault: null });
    const body = { ...(model === null ? {} : { model: model.id }), ...leave };
    try {
      this.#put(await this.#start(id, `messages/${id}/continue`, body, key));
    } catch (error) {
      this.#tree.put(reply);
      this.show();
      this.#fail(error, more => this.resume(id, model, key, { ...leave, ...more }));
    }
  }

  /**
   * Gives a reply a thumb, or a note beside it; null: takes both back. One after the other; whether it worked.
   *
   * The next thumb brings back the note that was taken back with the last one.
   */
  async rate(id: string, said: NewRating | null): Promise<boolean> {
    const note = this.#tree.get(id)?.rating_note ?? '';
    const taken = this.#takenNotes.get(id);
    const given = said === null || taken === undefined ? said : { note: taken, ...said };
    const rating = this.#rating.then(() =>
      this.#transport.request<Message>(given === null ? 'DELETE' : 'PUT', `messages/${id}/rating`, given ?? undefined)
    );
    this.#rating = rating.catch(() => undefined);
    try {
      this.#putRating(await rating);
      this.#takenNotes.delete(id);
      if (said === null && note !== '') {
        this.#takenNotes.set(id, note);
      }
      return true;
    } catch (error) {
      this.#fail(error, async () => {
        await this.rate(id, said);
      });
      return false;
    }
  }

  /** Takes in what another window thinks of a reply. */
  async readRating(id: string): Promise<void> {
    if (this.#tree.get(id) !== undefined) {
      this.#putRating(await this.#transport.request<Message>('GET', `messages/${id}`));
    }
  }

  async selectSibling(id: string): Promise<void> {
    if (this.#tree.get(id) === undefined) {
      return;
    }
    const head = this.#tree.newestLeaf(id);
    this.#head = head;
    this.show();
    if (this.#outbox.get(head) !== undefined) {
      return;
    }
    try {
      const path = `conversations/${this.conversation.id}`;
      this.#host.onSaved(
        await this.#transport.request<Conversation>('PATCH', path, { head_id: head })
      );
    } catch (error) {
      this.#fail(error, null);
    }
  }

  /** All branches. */
  runs(): Run[] {
    return this.#tree.runs();
  }

  /** Deletes a message and all that follows it. */
  async deleteBranch(id: string): Promise<void> {
    try {
      const deleted = await this.#transport.request<BranchChange>('DELETE', `messages/${id}`);
      await this.merge();
      if (!this.isClosed) {
        this.#host.onChange({ deleted });
      }
    } catch (error) {
      this.#fail(error, null);
    }
  }

  /** Brings a deleted branch back, and shows what was shown then. */
  async restoreBranch(id: string): Promise<void> {
    try {
      const path = `messages/${id}/restore`;
      const { conversation } = await this.#transport.request<BranchChange>('POST', path);
      this.#host.onChange({ deleted: null });
      await this.merge();
      this.#head = conversation.head_id;
      this.show();
    } catch (error) {
      this.#fail(error, () => this.restoreBranch(id));
    }
  }

  /** The reply that runs at the end of the branch; of several side by side there, the first that still runs. */
  get running(): Message | null {
    const last = this.#branch.at(-1)?.message;
    const isCompared = this.#columns.length > 0 && last?.parent_id === this.#compared;
    const candidates = isCompared ? this.#columns : [last];
    return candidates.find(each => each?.status === 'running') ?? null;
  }

  /** Whether a reply can be asked for again or go on now: while another runs, only where they stand side by side. */
  #isFree(reply: Message): boolean {
    return this.running === null || reply.parent_id === this.#compared;
  }

  get #runningIds(): readonly string[] {
    const { running } = this;
    const shown = running === null ? this.#columns : [running, ...this.#columns];
    return [...new Set(shown.filter(each => each.status === 'running').map(each => each.id))];
  }

  /** Shows the branch; what is the same as before keeps its identity. */
  show(): void {
    if (this.isClosed) {
      return;
    }
    const before = new Map(this.#branch.map(shown => [shown.message.id, shown]));
    this.#branch = this.#tree.branch(this.#head).map(message => {
      const shown = this.#describe(message);
      const old = before.get(message.id);
      return old !== undefined && isSame(old, shown) ? old : shown;
    });
    const isInView = this.#branch.some(shown => shown.message.id === this.#compared);
    this.#columns = isInView ? this.#tree.compared(this.#compared ?? '') : [];
    const { running } = this;
    const ids = this.#runningIds;
    this.#watchFirstToken(running);
    this.#host.onChange({
      branch: this.#branch,
      columns: this.#columns,
      forks: this.#tree.forks,
      running,
      ...(ids.length === 0 ? { connection: 'live' as const, waiting: '' } : {})
    });
    this.#follow(ids);
  }

  #describe(message: Message): ShownMessage {
    const outgoing = this.#outbox.get(message.id);
    const fault = outgoing?.fault ?? null;
    const isUnderWay = outgoing !== undefined || this.#asked.has(message.id);
    return {
      message,
      siblings: this.#tree.siblings(message),
      comparable: message.author === 'user' ? 0 : this.#tree.compared(message.parent_id ?? '').length,
      delivery: fault !== null ? 'unsent' : isUnderWay ? 'sending' : 'saved',
      fault
    };
  }

  async #deliver(outgoing: Outgoing): Promise<void> {
    const { question, replyId } = outgoing;
    const replies = newReplies(outgoing, this.#host.answering);
    const posting = this.#post(outgoing);
    for (const reply of replies) {
      this.#tree.put(reply);
      this.#asked.set(reply.id, posting);
    }
    this.#head = replyId;
    this.#compared = replies.length > 1 ? question.id : null;
    this.show();
    let turn: Turn | null = null;
    try {
      turn = await posting;
      this.#outbox.delete(question.id);
      if (turn.rules) {
        this.#fail(new ApiError({ code: WARNED, message: turn.rules }), null);
      }
    } catch (error) {
      this.#outbox.mark(question.id, { fault: toFault(error) });
    }
    for (const { id } of replies) {
      this.#asked.delete(id);
    }
    this.#host.onDelivery(outgoing, turn);
  }

  async #post({ question, replyId, replyIds, models, given, givenOf, leave, key }: Outgoing): Promise<Turn> {
    await this.#host.save(this.conversation);
    const { id, parent_id, text, attachments } = question;
    const again = attachments.length > 0 && given.length === 0 ? { given_of: givenOf } : {};
    const first = given.length > 0 ? { attachments: given } : {};
    const who =
      models.length > 0
        ? { models: models.map(each => each.id), reply_ids: replyIds }
        : { reply_id: replyId };
    const body = { id, ...who, parent_id, text, ...again, ...first, ...leave };
    const path = `conversations/${this.conversation.id}/messages`;
    return this.#transport.request<Turn>('POST', path, body, { idempotencyKey: key });
  }

  /** Asks for a reply that is shown as running already. */
  async #start(id: string, path: string, body: unknown, idempotencyKey: string): Promise<Message> {
    const starting = this.#transport.request<Message>('POST', path, body, { idempotencyKey });
    this.#asked.set(id, starting);
    this.show();
    try {
      return await starting;
    } finally {
      this.#asked.delete(id);
    }
  }

  /** Follows the replies that run in view, and no others; what there is no stream for is caught up with later. */
  #follow(running: readonly string[]): void {
    const wanted = running.filter(id => !this.#asked.has(id)).slice(0, MOST_STREAMS);
    for (const [id, scope] of this.#followed) {
      if (!wanted.includes(id)) {
        this.#followed.delete(id);
        scope.abort();
      }
    }
    for (const id of wanted) {
      if (!this.#followed.has(id)) {
        this.#followOne(id);
      }
    }
  }

  #followOne(id: string): void {
    const scope = new AbortController();
    this.#followed.set(id, scope);
    let said = '';
    const onWaiting = (why: string): void => {
      if (why !== said && this.#columns.length === 0) {
        said = why;
        this.#host.onChange({ waiting: why });
      }
    };
    const listener = {
      onMessage: (message: Message): void => {
        onWaiting('');
        this.#put(message);
      },
      onPiece: (piece: Required<Piece>): void => {
        onWaiting('');
        this.#append(id, piece);
      },
      onWaiting,
      onConnection: (connection: ChatState['connection']): void => {
        this.#host.onChange({ connection });
      }
    };
    followReply(this.#transport, id, listener, scope.signal)
      .then(() => {
        this.#host.onTurn();
      })
      .catch((error: unknown) => {
        this.#fail(error, () => this.merge());
      });
  }

  #append(id: string, piece: Required<Piece>): void {
    const message = this.#tree.get(id);
    if (message?.status === 'running') {
      const text = message.text + piece.text;
      const reasoning = message.reasoning + piece.reasoning;
      this.#put({ ...message, text, reasoning });
    }
  }

  #put(...messages: readonly Message[]): void {
    for (const message of messages) {
      this.#tree.put(message);
    }
    this.show();
  }

  /** Of an answer its rating alone: the reply may have gone on since. */
  #putRating({ id, rating, rating_note }: Message): void {
    const message = this.#tree.get(id);
    if (message !== undefined) {
      this.#put({ ...message, rating, rating_note });
    }
  }

  /** Puts in the questions that the owner has not got. `follow`: the view goes where they are. */
  #addOutgoing({ follow }: { readonly follow: boolean }): void {
    for (const outgoing of this.#outbox.of(this.conversation.id)) {
      const { question, replyId, fault } = outgoing;
      if (this.#tree.get(question.id) === undefined) {
        this.#tree.put(question);
        if (fault === null) {
          for (const reply of newReplies(outgoing, this.#host.answering)) {
            this.#tree.put(reply);
          }
        }
        this.#head = follow ? (fault === null ? replyId : question.id) : this.#head;
      }
    }
  }

  #watchFirstToken(running: Message | null): void {
    const waiting = running?.text === '' && running.reasoning === '' ? running.id : null;
    if (waiting === (this.#slow?.id ?? null)) {
      return;
    }
    clearTimeout(this.#slow?.timer);
    this.#slow = null;
    this.#host.onChange({ slow: false });
    if (waiting !== null) {
      const timer = setTimeout(() => {
        this.#host.onChange({ slow: true });
      }, SLOW_MS);
      this.#slow = { id: waiting, timer };
    }
  }

  #setStopping(stopping: boolean): void {
    this.#isStopping = stopping;
    if (!this.isClosed) {
      this.#host.onChange({ stopping });
    }
  }

  #fail(error: unknown, again: Again | null): void {
    if (!this.isClosed) {
      this.#host.onFailure(error, again);
    }
  }

  #getTree(): Promise<ConversationTree> {
    const path = `conversations/${this.conversation.id}`;
    const { signal } = this.#scope;
    return this.#transport.request<ConversationTree>('GET', path, undefined, { signal });
  }

  readonly #transport: Transport;
  readonly #host: ThreadHost;
  readonly #outbox: Outbox;
  readonly #scope = new AbortController();
  /** Replies that are shown as running and have been asked for, not confirmed. */
  readonly #asked = new Map<string, Promise<unknown>>();
  #rating: Promise<unknown> = Promise.resolve();
  readonly #takenNotes = new Map<string, string>();
  #tree = new MessageTree();
  #head: string | null = null;
  #branch: readonly ShownMessage[] = [];
  #isStopping = false;
  /** The question whose replies stand side by side. */
  #compared: string | null = null;
  #columns: readonly Message[] = [];
  readonly #followed = new Map<string, AbortController>();
  #slow: { readonly id: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;
}

function isSame(one: ShownMessage, other: ShownMessage): boolean {
  return (
    one.message === other.message &&
    one.delivery === other.delivery &&
    one.fault === other.fault &&
    one.comparable === other.comparable &&
    one.siblings.length === other.siblings.length &&
    one.siblings.every((id, index) => id === other.siblings[index])
  );
}
