import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type * as chat from '../chat/index.js';
import { chatIcon, personalitiesIcon } from '../icons.js';
import type { IOwner } from '../tokens.js';

/** What of the chat comes back with the layout. */
export interface Place {
  readonly experience: string | null;
  readonly conversation: string | null;
}

export interface ChatPanelOptions {
  readonly owner: IOwner;
  /** The chat component, which is fetched when a chat is first seen. */
  readonly load: () => Promise<typeof chat>;
  /** What can be done with a block of code in the chat of an Experience. */
  readonly codeActions: (experience: () => string | null) => readonly chat.CodeAction[];
  /** Begins a new Experience. */
  readonly create: () => void;
  /** Shows which models there are, and how to add one. */
  readonly models: () => void;
  /** Asks which personality shapes the replies here. */
  readonly personality: (place: Place) => void;
  readonly trans: TranslationBundle;
  /** Gives a sentence of the component in the reader's language. */
  readonly translate: chat.Translate;
}

/** Hosts `<wb-chat>`, and shows the Experience it is told to. */
export class ChatPanel extends Widget {
  constructor(options: ChatPanelOptions) {
    super();
    this.#options = options;
    this.addClass('wb-ChatPanel');
    this.title.icon = chatIcon;
    this.title.label = options.trans.__('Chat');
    this.title.caption = options.trans.__('Workbench chat');
    this.title.closable = true;
    options.owner.unlocked.connect(this.#onUnlocked, this);
  }

  get place(): Place {
    return this.#place;
  }

  /** Another Experience or conversation is shown. */
  get placeChanged(): ISignal<this, Place> {
    return this.#placeChanged;
  }

  /** Shows an Experience, with the conversation if it is given, else with its latest. */
  follow(experience: string | null, conversation: string | null = null): void {
    if (experience === this.#place.experience && (conversation === null || conversation === this.#place.conversation)) {
      return;
    }
    this.#setPlace({ experience, conversation });
    void this.#open(this.#place);
  }

  newConversation(): void {
    this.#model?.newConversation();
    this.#element?.focus();
  }

  /** Puts the cursor into the title of the conversation. */
  renameConversation(): void {
    this.#element?.rename();
  }

  /** What Enter does where a question is written. */
  set enter(enter: chat.Enter) {
    this.#enter = enter;
    if (this.#element !== null) {
      this.#element.enter = enter;
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.#model?.dispose();
      Signal.clearData(this);
    }
    super.dispose();
  }

  protected override onAfterShow(): void {
    void this.#draw();
  }

  protected override onAfterAttach(): void {
    if (this.isVisible) {
      void this.#draw();
    }
  }

  protected override onActivateRequest(): void {
    this.#wantsFocus = true;
    void this.#draw().then(() => this.#takeFocus());
  }

  /** Fetches and draws the chat; a failure is said, with the way to try again. */
  #draw(): Promise<void> {
    this.#drawing ??= this.#mount().catch((error: unknown) => {
      this.#drawing = null;
      this.#sayFailed(error);
    });
    return this.#drawing;
  }

  async #mount(): Promise<void> {
    const { owner, load, codeActions, translate } = this.#options;
    const { ChatModel, defineChat } = await load();
    if (this.isDisposed) {
      return;
    }
    defineChat();
    const model = new ChatModel(owner.transport);
    const element = document.createElement('wb-chat');
    element.model = model;
    element.trans = translate;
    element.enter = this.#enter;
    element.codeActions = codeActions(() => this.#place.experience);
    element.append(this.#noExperience(), this.#noModel(), this.#personality());
    this.#model = model;
    this.#element = element;
    model.subscribe(state => {
      this.#onState(state);
    });
    this.node.replaceChildren(element);
    await this.#open(this.#place);
  }

  async #open({ experience, conversation }: Place): Promise<void> {
    const model = this.#model;
    if (model === null) {
      return;
    }
    this.#isOpening = true;
    try {
      await model.open(experience);
      const isStill = this.#place.experience === experience;
      if (isStill && conversation !== null && model.state.conversation?.id !== conversation) {
        await model.openConversation(conversation);
      }
    } finally {
      this.#isOpening = this.#place.experience !== experience;
    }
    this.#onState(model.state);
  }

  #onUnlocked(): void {
    void this.#open(this.#place);
  }

  #onState(state: chat.ChatState): void {
    const { experience, conversation } = state;
    this.title.label = experience?.name ?? this.#options.trans.__('Chat');
    this.title.caption =
      experience === null
        ? this.#options.trans.__('Workbench chat')
        : this.#options.trans.__('Chat of %1', experience.name);
    if (!this.#isOpening && experience?.id === this.#place.experience) {
      this.#setPlace({ experience: experience.id, conversation: conversation?.id ?? null });
    }
    if (state.phase === 'ready') {
      void this.#takeFocus();
    }
  }

  /** Focus is wanted before there is anything to put it on: the element draws after its model has changed. */
  async #takeFocus(): Promise<void> {
    const element = this.#element;
    if (!this.#wantsFocus || element?.model?.state.phase !== 'ready') {
      return;
    }
    this.#wantsFocus = false;
    await Promise.resolve();
    await element.updateComplete;
    element.focus();
  }

  #setPlace(place: Place): void {
    if (place.experience !== this.#place.experience || place.conversation !== this.#place.conversation) {
      this.#place = place;
      this.#placeChanged.emit(place);
    }
  }

  #noExperience(): HTMLElement {
    const { create, trans } = this.#options;
    const button = document.createElement('button');
    button.type = 'button';
    button.slot = 'no-experience';
    button.className = 'wb-ChatPanel-create';
    button.textContent = trans.__('New Experience');
    button.addEventListener('click', create);
    return button;
  }

  #noModel(): HTMLElement {
    const { models, trans } = this.#options;
    const button = document.createElement('button');
    button.type = 'button';
    button.slot = 'no-model';
    button.className = 'wb-ChatPanel-plain';
    button.textContent = trans.__('Set up another model');
    button.addEventListener('click', models);
    return button;
  }

  #personality(): HTMLElement {
    const { personality, trans } = this.#options;
    const button = document.createElement('button');
    button.type = 'button';
    button.slot = 'tools';
    button.className = 'wb-ChatPanel-tool';
    button.ariaLabel = trans.__('Personality');
    button.title = trans.__('Choose how replies are to sound');
    personalitiesIcon.element({ container: button, elementPosition: 'center', width: '16px', height: '16px' });
    button.addEventListener('click', () => {
      personality(this.#place);
    });
    return button;
  }

  #sayFailed(error: unknown): void {
    const { trans } = this.#options;
    console.error(error);
    const text = document.createElement('p');
    text.textContent = trans.__('The chat could not be loaded. Check that Jupyter is running, then try again.');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'wb-ChatPanel-create';
    button.textContent = trans.__('Try again');
    button.addEventListener('click', () => void this.#draw());
    const problem = document.createElement('div');
    problem.className = 'wb-ChatPanel-failed';
    problem.setAttribute('role', 'alert');
    problem.append(text, button);
    this.node.replaceChildren(problem);
  }

  readonly #options: ChatPanelOptions;
  readonly #placeChanged = new Signal<this, Place>(this);
  #place: Place = { experience: null, conversation: null };
  #drawing: Promise<void> | null = null;
  #model: chat.ChatModel | null = null;
  #element: chat.WbChat | null = null;
  #enter: chat.Enter = 'send';
  #isOpening = false;
  #wantsFocus = false;
}
