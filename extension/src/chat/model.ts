import { read, together } from './attaching.js';
import { changesOf } from './changes.js';
import { ConversationList } from './conversation-list.js';
import { Drafts } from './drafts.js';
import { type Draft, Estimating } from './estimate.js';
import { Models } from './models.js';
import { newConversation, Outbox, type Outgoing } from './outbox.js';
import type {
  Change,
  Conversation,
  ConversationTree,
  Experience,
  Given,
  Measured,
  Model,
  NewRating,
  Turn,
  Suggestion
} from './records.js';
import { type Again, type ChatState, EMPTY, type Leave } from './state.js';
import { EMPTY_THREAD, Thread, type ThreadHost } from './thread.js';
import { ApiError, isAbort, toFault, type Transport } from './transport.js';
import type { Run } from './tree.js';

/** Changes come in flocks; what is shown is read again once they have settled. */
const SETTLE_MS = 200;

/**
 * A chat without a screen: the conversations of one Experience, one of them open.
 *
 * Replies run in the owner whatever happens here; an open conversation follows the reply that runs in it. Nothing here
 * rejects: what goes wrong is told in the state.
 */
export class ChatModel {
  constructor(transport: Transport) {
    this.#transport = transport;
    this.#drafts = new Drafts(transport);
    this.#estimating = new Estimating(transport, estimates => {
      this.#set({ estimates });
    });
    this.#models = new Models(transport, news => {
      this.#set(news);
      this.#chooseAnswering();
    });
  }

  get state(): ChatState {
    return this.#state;
  }

  /** Calls `listener` after each change. Returns the way to stop that. */
  subscribe(listener: (state: ChatState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Ends everything under way here; replies go on in the owner. */
  dispose(): void {
    this.#leave();
    this.#drafts.save();
    this.#estimating.plan(null);
    this.#listeners.clear();
  }

  /** Shows an Experience with a conversation of it, its latest if none is given; null: no Experience. */
  async open(experienceId: string | null, conversationId: string | null = null): Promise<void> {
    const isOpen = experienceId !== null && experienceId === this.#experienceId;
    if (isOpen && this.#state.phase !== 'failed') {
      if (conversationId !== null && conversationId !== this.#state.conversation?.id) {
        await this.openConversation(conversationId);
      }
      return;
    }
    this.#leave();
    this.#experienceId = experienceId;
    const { models, modelsKnown, defaultModel, demo } = this.#state;
    this.#set({ ...EMPTY, models, modelsKnown, defaultModel, demo });
    if (experienceId === null) {
      return;
    }
    const scope = new AbortController();
    this.#scope = scope;
    this.#list = this.#lists.get(experienceId)?.anew() ?? new ConversationList(experienceId);
    this.#lists.set(experienceId, this.#list);
    this.#set({ phase: 'loading' });
    this.#unsubscribe = changesOf(this.#transport).subscribe(change => {
      this.#onChange(change);
    });
    try {
      const [experience] = await Promise.all([
        this.#get<Experience>(`experiences/${experienceId}`, scope.signal),
        this.#list.readFirst(path => this.#get(path, scope.signal)),
        this.#models.read(scope.signal)
      ]);
      if (!scope.signal.aborted) {
        await this.#enter(experience, conversationId);
      }
    } catch (error) {
      if (!scope.signal.aborted) {
        const again = (): Promise<void> => this.open(experienceId, conversationId);
        this.#set({ phase: 'failed', problem: { fault: toFault(error), again } });
      }
    }
  }

  /** An empty conversation; it is saved with its first question. */
  newConversation(): void {
    this.#leaveThread();
    this.#set({ conversation: null, ...this.#written(null) });
    void this.#readDraft();
  }

  /** Reads a conversation and follows the reply that runs in it. */
  async openConversation(id: string): Promise<void> {
    const experienceId = this.#experienceId;
    if (experienceId === null) {
      return;
    }
    const unread = { ...newConversation(experienceId, ''), id };
    const thread = this.#openThread(this.#list.get(id) ?? unread);
    if (this.#list.isUnsaved(id)) {
      thread.restore();
      return;
    }
    this.#set({ opening: true });
    void this.#readDraft();
    try {
      const read = await thread.read();
      if (!thread.isClosed) {
        this.#set({ opening: false });
        this.#putConversation(read);
        thread.show();
      }
    } catch (error) {
      if (!thread.isClosed) {
        this.#set({ opening: false });
        this.#fail(error, () => this.openConversation(id));
      }
    }
  }

  /** Reads the next page of the list of conversations. */
  async readMoreConversations(): Promise<void> {
    const list = this.#list;
    await this.#try(async signal => {
      await list.readNext(path => this.#get(path, signal));
      this.#showList();
    });
  }

  /**
   * Gives a conversation another title; an empty one: its own, from its first question.
   *
   * `seen` is the conversation as the reader saw it: a title that another window has given it since is not overwritten.
   */
  async renameConversation(seen: Conversation, title: string): Promise<void> {
    const wanted = title.trim();
    if (wanted === seen.title) {
      return;
    }
    try {
      this.#putConversation(
        await this.#rename(seen, wanted, this.#list.get(seen.id) ?? seen)
      );
    } catch (error) {
      const now = this.#list.get(seen.id) ?? seen;
      this.#fail(error, () => this.renameConversation(now, wanted));
    }
  }

  /** Keeps what is written and not sent, for each conversation; the owner saves it when its writer pauses. */
  setDraft(text: string): void {
    if (text !== this.#state.draft) {
      this.#drafts.write(this.#place(), text);
      this.#set({ draft: text });
    }
  }

  /** Has the owner save at once what is written: the page may be on its way out. */
  saveDrafts(): void {
    this.#drafts.save();
  }

  /** Asks. The question is shown at once; whether it could be saved is said at its `delivery`. */
  async send(text: string): Promise<void> {
    const { experience, running } = this.#state;
    if (experience === null || running !== null || text.trim() === '') {
      return;
    }
    const { several, given } = this.#state;
    this.#drafts.send(this.#place());
    this.#set({ draft: '' });
    this.#setGiven([]);
    const thread = this.#thread ?? this.#beginConversation(experience.id, text);
    this.#set({ problem: null, deleted: null, several: [] });
    await thread.ask(text, thread.savedHead, several.length > 1 ? several : [], given);
  }

  /** Asks these models at once with the next question; none: the one that answers. */
  chooseSeveral(several: readonly Model[]): void {
    this.#set({ several });
  }

  /** Shows the replies to a question side by side; null: the one of the branch alone. */
  compare(questionId: string | null): void {
    this.#thread?.compare(questionId);
  }

  /** Goes on from one of the replies that stand side by side. */
  async keep(id: string): Promise<void> {
    await this.#thread?.keep(id);
  }

  /** Has `model` make one reply of those that stand side by side. */
  async combine(model: Model): Promise<void> {
    this.#set({ problem: null });
    await this.#thread?.combine(model);
  }

  /** Asks otherwise: the new question becomes a sibling of the question `id`. */
  async edit(id: string, text: string): Promise<void> {
    if (this.#state.running === null && text.trim() !== '') {
      await this.#thread?.edit(id, text);
    }
  }

  /** What was given with a message, counted from 0, with a picture's data. Rejects with an `ApiError`. */
  attachment(messageId: string, at: number): Promise<Given> {
    return this.#transport.request<Given>('GET', `messages/${messageId}/attachments/${at}`);
  }

  /** Sends a question again that could not be saved; with `leave` for what stopped it. */
  async sendAgain(id: string, leave?: Leave): Promise<void> {
    await this.#thread?.sendAgain(id, leave);
  }

  /** Takes a question back that could not be saved. Returns its text. */
  takeBack(id: string): string {
    const taken = this.#thread?.takeBack(id);
    this.#setGiven([...(taken?.given ?? []), ...this.#state.given]);
    return taken?.question.text ?? '';
  }

  /** Takes in files that are to go with the next question. Says which; of the others, `problem` says why not. */
  async attach(files: readonly File[]): Promise<readonly string[]> {
    const key = this.#place();
    const names: string[] = [];
    const refused: ApiError[] = [];
    for (const file of files) {
      try {
        const given = await read(file);
        this.#given.set(key, together(this.#given.get(key) ?? [], given));
        names.push(given.name);
      } catch (error) {
        refused.push(error as ApiError);
      }
    }
    this.#set(this.#written(this.#state.conversation?.id ?? null));
    const [first] = refused;
    if (first !== undefined) {
      const message = refused.map(each => each.message).join(' ');
      this.report(new ApiError({ code: first.code, message, remedy: first.remedy }));
    }
    return names;
  }

  /** Takes out what is at that place of what goes with the next question. */
  detach(at: number): void {
    this.#setGiven(this.#state.given.filter((_, index) => index !== at));
  }

  /** Stops what runs in view, or the reply `only`; what has arrived stays. */
  async stop(only?: string): Promise<void> {
    await this.#thread?.stop(only);
  }

  /** Has the question of the reply `id` answered again, beside it: by `model`, else by the one that answers here. */
  async retry(id: string, model: Pick<Model, 'id' | 'name'> | null = null): Promise<void> {
    this.#set({ problem: null });
    await this.#thread?.retry(id, model);
  }

  /** Lets an interrupted, stopped or failed reply go on from its last character: by `model`, else by its own. */
  async resume(id: string, model: Model | null = null): Promise<void> {
    this.#set({ problem: null });
    await this.#thread?.resume(id, model);
  }

  /** Gives a reply a thumb, or a note beside it; null: takes both back. Whether the owner has it. */
  async rate(id: string, said: NewRating | null): Promise<boolean> {
    this.#set({ problem: null });
    return (await this.#thread?.rate(id, said)) ?? false;
  }

  /** Shows the branch of another question or reply, as far as it goes. */
  async selectSibling(id: string): Promise<void> {
    await this.#thread?.selectSibling(id);
  }

  /** All branches of the open conversation. */
  runs(): readonly Run[] {
    return this.#thread?.runs() ?? [];
  }

  /** Deletes a message of the open conversation and all that follows it; `deleted` of the state can be restored. */
  async deleteBranch(id: string): Promise<void> {
    this.#set({ problem: null, deleted: null });
    await this.#thread?.deleteBranch(id);
  }

  /** Brings back what was deleted last. */
  async restoreBranch(): Promise<void> {
    await this.#thread?.restoreBranch(this.#state.deleted?.message_id ?? '');
  }

  /** Offers no longer to bring back what was deleted. */
  keepDeleted(): void {
    this.#set({ deleted: null });
  }

  /** Makes `id` the model of this Experience; null: the default answers. */
  async chooseModel(id: string | null): Promise<void> {
    const { experience } = this.#state;
    if (experience === null || experience.model === id) {
      return;
    }
    await this.#try(async () => {
      const path = `experiences/${experience.id}`;
      this.#putExperience(await this.#transport.request<Experience>('PATCH', path, { model: id }));
    });
  }

  /** How each model has done for the reader. */
  measured(): Promise<readonly Measured[]> {
    return this.#models.measured();
  }

  /** Asks about the library of prompts, with what is filled in if there is a body. Rejects with an `ApiError`. */
  library<T>(path: string, body?: unknown): Promise<T> {
    return this.#transport.request(body === undefined ? 'GET' : 'POST', `prompts${path}`, body);
  }

  /** The model that suits what is being written. */
  suggestion(): Promise<Suggestion | null> {
    const { conversation, draft } = this.#state;
    return this.#models.suggestion(draft, conversation !== null && conversation.revision > 0 ? conversation.id : null);
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

  /** Tells what went wrong in something the host did for the chat. */
  report(error: unknown): void {
    this.#fail(error, null);
  }

  dismissProblem(): void {
    this.#set({ problem: null });
  }

  async #enter(experience: Experience, conversationId: string | null): Promise<void> {
    this.#set({ phase: 'ready' });
    this.#putExperience(experience);
    this.#showList();
    const first = conversationId ?? this.#list.all[0]?.id;
    if (first === undefined) {
      this.newConversation();
    } else {
      await this.openConversation(first);
    }
  }

  #beginConversation(experienceId: string, question: string): Thread {
    const conversation = newConversation(experienceId, question);
    this.#list.add(conversation);
    this.#showList();
    return this.#openThread(conversation);
  }

  #openThread(conversation: Conversation): Thread {
    this.#leaveThread();
    this.#thread = new Thread(this.#transport, this.#host, this.#outbox, conversation);
    this.#set({ conversation, ...this.#written(conversation.id) });
    return this.#thread;
  }

  #leaveThread(): void {
    this.#thread?.close();
    this.#thread = null;
    this.#set({ ...EMPTY_THREAD, opening: false, problem: null });
  }

  #leave(): void {
    this.#leaveThread();
    this.#scope?.abort();
    this.#scope = null;
    this.#unsubscribe();
    this.#unsubscribe = () => undefined;
    clearTimeout(this.#settling);
  }

  /** What the open thread is told by and tells. */
  #makeHost(): ThreadHost {
    const answering = (): Model | null => this.#state.answering;
    return {
      get answering() {
        return answering();
      },
      onChange: news => {
        this.#set(news);
      },
      onFailure: (error, again) => {
        this.#fail(error, again);
      },
      onSaved: conversation => {
        this.#putConversation(conversation);
      },
      onTurn: () => {
        this.#settle();
      },
      onDelivery: (outgoing, turn) => {
        this.#onDelivery(outgoing, turn);
      },
      save: conversation => this.#save(conversation)
    };
  }

  #onDelivery(outgoing: Outgoing, turn: Turn | null): void {
    if (this.#thread?.conversation.id === outgoing.question.conversation_id) {
      this.#thread.receive(outgoing, turn);
    }
    if (turn !== null) {
      const { conversation_id, experience_id } = outgoing.question;
      this.#drafts.sent(`conversations/${conversation_id}`);
      this.#drafts.sent(`experiences/${experience_id}`);
    }
    this.#settle();
  }

  async #save(conversation: Conversation): Promise<void> {
    const list = this.#list;
    const { id, experience_id } = conversation;
    if (list.isUnsaved(id)) {
      const saved = await this.#transport.request<Conversation>(
        'POST',
        'conversations',
        { id, experience_id },
        { idempotencyKey: id }
      );
      list.put(saved);
      this.#showList();
    }
  }

  /** The conversation under its new title, whatever but its title has changed since it was seen. */
  async #rename(seen: Conversation, title: string, now: Conversation): Promise<Conversation> {
    if (now.title !== seen.title && now.title !== title) {
      throw new ApiError({
        code: 'conflict',
        message: `Another window has called this conversation “${now.title}” meanwhile.`,
        remedy: title === '' ? '' : `Try again to call it “${title}” all the same.`,
        status: 409
      });
    }
    const path = `conversations/${seen.id}`;
    try {
      const body = { title, revision: now.revision };
      return await this.#transport.request<Conversation>('PATCH', path, body);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'conflict')) {
        throw error;
      }
    }
    const { conversation } = await this.#transport.request<ConversationTree>('GET', path);
    this.#putConversation(conversation);
    return this.#rename(seen, title, conversation);
  }

  #putConversation(conversation: Conversation): void {
    if (conversation.experience_id === this.#experienceId) {
      this.#list.put(conversation);
      this.#showList();
    }
  }

  #putExperience(experience: Experience): void {
    if (experience.id === this.#experienceId) {
      this.#set({ experience });
      this.#chooseAnswering();
    }
  }

  #showList(): void {
    const { conversation } = this.#state;
    this.#set({
      conversations: this.#list.all,
      moreConversations: this.#list.hasMore,
      conversation: this.#list.get(conversation?.id ?? '') ?? conversation
    });
  }

  #chooseAnswering(): void {
    const { experience, models, defaultModel } = this.#state;
    const chosen = experience?.model ?? null;
    const answering =
      chosen === null ? defaultModel : (models.find(each => each.id === chosen) ?? null);
    this.#set({ answering });
  }

  /** What is written in a conversation and not sent, and what goes with it. */
  #written(conversationId: string | null): Pick<ChatState, 'draft' | 'given'> {
    const key = this.#place(conversationId);
    return { draft: this.#drafts.get(key), given: this.#given.get(key) ?? [] };
  }

  #setGiven(given: readonly Given[]): void {
    this.#given.set(this.#place(), given);
    this.#set({ given });
  }

  /** Where something is written: in a conversation, or, null, for a new one. */
  #place(conversationId = this.#state.conversation?.id ?? null): string {
    return conversationId === null ? `experiences/${this.#experienceId ?? ''}` : `conversations/${conversationId}`;
  }

  /** Shows what the owner has kept of what is written here. Where that cannot be read, the page's own stays. */
  async #readDraft(): Promise<void> {
    const place = this.#place();
    await this.#drafts.read(place).catch(() => undefined);
    if (place === this.#place()) {
      this.#set({ draft: this.#drafts.get(place) });
    }
  }

  #onChange(change: Change | null): void {
    const everything = change === null;
    const isHere = everything || change.experience_id === this.#experienceId;
    const concerns = (noun: string): boolean => everything || change.noun === noun;
    if (concerns('models')) {
      this.#reread(signal => this.#models.read(signal));
    }
    if (concerns('downloads') && this.#state.demo?.state !== 'running') {
      this.#reread(() => this.#models.followDemo());
    }
    if (concerns('experiences') && (everything || change.id === this.#experienceId)) {
      this.#reread(async signal => {
        this.#putExperience(
          await this.#get<Experience>(`experiences/${this.#experienceId ?? ''}`, signal)
        );
      });
    }
    if (change?.action === 'rate') {
      this.#reread(async () => this.#thread?.readRating(change.id));
    } else if (isHere && change?.action === 'put_back') {
      this.#reread(async () => this.#thread?.merge());
    } else if (isHere && (concerns('conversations') || concerns('messages'))) {
      this.#settle();
    }
  }

  /** Reads the list again once changes have settled, and the open conversation if it has moved on. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#reread(async signal => {
        const list = this.#list;
        await list.readFirst(path => this.#get(path, signal));
        if (signal.aborted) {
          return;
        }
        this.#showList();
        const open = list.get(this.#thread?.conversation.id ?? '');
        if (open !== undefined && !list.isUnsaved(open.id) && this.#thread?.isBehind(open)) {
          await this.#thread.merge();
        }
      });
    }, SETTLE_MS);
  }

  /** Reads something again that has changed. Where that fails, the next change tries again. */
  #reread(work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#scope !== null && this.#state.phase === 'ready') {
      void work(this.#scope.signal).catch(() => undefined);
    }
  }

  /** Does `work`; where it fails, says so and offers it again. */
  async #try(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = (this.#scope ??= new AbortController());
    try {
      await work(signal);
    } catch (error) {
      this.#fail(error, () => this.#try(work));
    }
  }

  #fail(error: unknown, again: Again | null): void {
    if (!isAbort(error)) {
      this.#set({ problem: { fault: toFault(error), again } });
    }
  }

  /** What is written, as it would be sent; null: it cannot be now. */
  #draft(): Draft | null {
    const { answering, conversation, draft, experience, given, running, several } = this.#state;
    if (answering === null || experience === null || running !== null || draft.trim() === '') {
      return null;
    }
    const about = { text: draft, models: several.length > 1 ? several : [answering], given };
    return conversation === null || this.#list.isUnsaved(conversation.id)
      ? { ...about, path: `experiences/${experience.id}` }
      : {
          ...about,
          path: `conversations/${conversation.id}`,
          parent_id: this.#thread?.savedHead ?? null
        };
  }

  #get<T>(path: string, signal: AbortSignal): Promise<T> {
    return this.#transport.request<T>('GET', path, undefined, { signal });
  }

  #set(patch: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#estimating.plan(this.#draft());
    for (const listener of [...this.#listeners]) {
      listener(this.#state);
    }
  }

  readonly #transport: Transport;
  readonly #drafts: Drafts;
  readonly #estimating: Estimating;
  readonly #models: Models;
  readonly #outbox = new Outbox();
  readonly #host = this.#makeHost();
  readonly #listeners = new Set<(state: ChatState) => void>();
  readonly #given = new Map<string, readonly Given[]>();
  #state: ChatState = EMPTY;
  #experienceId: string | null = null;
  #list = new ConversationList('');
  /** Of each Experience that was open: a question that could not be sent waits in a conversation that only its list has. */
  readonly #lists = new Map<string, ConversationList>();
  #thread: Thread | null = null;
  #scope: AbortController | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void = () => undefined;
}
