import { html, LitElement, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';

import { copyText } from './clipboard.js';
import { onDrag } from './chips.js';
import { type CodeAction, COPY, pressed } from './code.js';
import { WbBranches } from './branches.js';
import { columns } from './columns.js';
import { composer } from './composer.js';
import { EndKeeper } from './end-keeper.js';
import { canRename, header } from './header.js';
import { icon } from './icons.js';
import type { Enter } from './keys.js';
import { focusMenu } from './menu.js';
import { menuOf, message } from './message.js';
import type { ChatModel } from './model.js';
import { connection, deletedWords, deletion, empty, problem } from './notices.js';
import { WbPicker } from './picker.js';
import { WbSlash } from './slash.js';
import { type ChatState, EMPTY } from './state.js';
import { STYLES } from './styles/index.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** Messages drawn at first, the newest, and each time the reader nears the first of them. */
const WINDOW = 24;
/** Of a reply, as much is read out to those who do not see it. */
const SPOKEN_CHARACTERS = 600;
const TOAST_MS = 1800;

/**
 * The chat as an element, `<wb-chat>`. It draws a `ChatModel` and holds nothing that matters.
 *
 * Its look is set by the variables in `tokens.ts`. The slots `no-experience` and `no-model` take what a host offers
 * where there is none.
 */
export class WbChat extends LitElement {
  static override readonly styles = STYLES;

  static override readonly properties: PropertyDeclarations = {
    model: { attribute: false },
    codeActions: { attribute: false },
    trans: { attribute: false },
    enter: { attribute: false },
    _state: { state: true },
    _menu: { state: true },
    _renaming: { state: true },
    _editing: { state: true },
    _spoken: { state: true },
    _toast: { state: true }
  };

  /** What is shown. The host opens Experiences in it, and disposes of it. */
  declare model: ChatModel | null;
  /** What the host can do with code. */
  declare codeActions: readonly CodeAction[];
  /** Gives each sentence in the reader's language. */
  declare trans: Translate;
  /** What Enter does where a question is written. */
  declare enter: Enter;

  private declare _state: ChatState;
  private declare _menu: View['menu'];
  private declare _renaming: View['renaming'];
  private declare _editing: View['editing'];
  private declare _spoken: string;
  private declare _toast: string;

  constructor() {
    super();
    this.model = null;
    this.codeActions = [];
    this.trans = text => text;
    this.enter = 'send';
    this._state = EMPTY;
    this._menu = null;
    this._renaming = null;
    this._editing = null;
    this._spoken = '';
    this._toast = '';
  }

  /** Puts the focus where is written: into the title that is being changed, else where the next question is. */
  override focus(options?: FocusOptions): void {
    this.renderRoot
      .querySelector<HTMLElement>('.wb-Rename-text, .wb-Composer-text')
      ?.focus(options);
  }

  /** Begins to rename the conversation that is shown. */
  rename(): void {
    const { conversation, phase } = this._state;
    if (phase === 'ready' && canRename(conversation)) {
      this._menu = null;
      this._renaming ??= conversation;
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    keepLinksToThemselves(this.ownerDocument);
    this.ownerDocument.addEventListener('visibilitychange', this.#onVisibility);
    this.#subscribe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownerDocument.removeEventListener('visibilitychange', this.#onVisibility);
    this.#unsubscribe();
    this.#earlier?.disconnect();
    this.#earlier = null;
    this.#earlierButton = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('model')) {
      this.#subscribe();
    }
    const { branch, conversation, opening } = this._state;
    const shown = `${conversation?.id ?? ''} ${String(opening)}`;
    const isAnother = shown !== this.#shown;
    if (isAnother || branch.length > this.#length + WINDOW) {
      this.#shown = shown;
      this.#from = Math.max(0, branch.length - WINDOW);
      this._editing = isAnother ? null : this._editing;
      this.#end.jump();
    }
    if (this._renaming !== null && this._renaming.id !== conversation?.id) {
      this._renaming = null;
    }
    this.#length = branch.length;
    this.#from = Math.min(this.#from, Math.max(0, branch.length - 1));
  }

  protected override render(): TemplateResult {
    const { model } = this;
    if (model === null) {
      return html`<section class="wb-Chat" aria-label=${this.trans('Chat')}></section>`;
    }
    const view = this.#view(model);
    const { state, t } = view;
    const isOpen = state.phase === 'ready';
    const drag = (event: DragEvent): void => {
      if (isOpen) {
        onDrag(view, event);
      }
    };
    return html`<section
      class="wb-Chat"
      aria-label=${t('Chat')}
      @keydown=${this.#onKeyDown}
      @dragover=${drag}
      @dragleave=${drag}
      @drop=${drag}
    >
      ${isOpen ? header(view) : html`<h2 class="wb-Hidden">${t('Chat')}</h2>`}
      <div class="wb-Chat-main">
        <div
          class="wb-Transcript"
          role="log"
          aria-live="off"
          aria-label=${t('Conversation')}
          tabindex="0"
          @click=${this.#onClick}
        >
          <div class="wb-Transcript-content">${this.#messages(view)} ${empty(view)}</div>
        </div>
        ${this.#end.atEnd || state.branch.length === 0
          ? nothing
          : html`<button
              type="button"
              class="wb-Button wb-Jump"
              @click=${() => {
                this.#end.jump(this.#smooth());
                this.focus();
              }}
            >
              ${icon('down')} ${t('Jump to latest')}
            </button>`}
        ${this._toast === ''
          ? nothing
          : html`<div class="wb-Toast" aria-hidden="true">${this._toast}</div>`}
      </div>
      ${isOpen
        ? html`<div class="wb-Chat-foot">
            ${connection(view)} ${deletion(view)} ${problem(view)}
            <wb-slash .view=${view}></wb-slash>
            ${composer(view)}
          </div>`
        : nothing}
      <div class="wb-Hidden" role="status">${this._spoken}</div>
    </section>`;
  }

  protected override update(changed: PropertyValues): void {
    const focused = this.shadowRoot?.activeElement;
    super.update(changed);
    if (focused instanceof HTMLElement && focused.isConnected && this.shadowRoot?.activeElement === null) {
      focused.focus({ preventScroll: true }); // it has changed its place, which the browser takes for leaving
    }
  }

  protected override updated(changed: PropertyValues): void {
    const root = this.renderRoot;
    this.#end.watch(
      root.querySelector<HTMLElement>('.wb-Transcript'),
      root.querySelector<HTMLElement>('.wb-Transcript-content')
    );
    this.#watchEarlier();
    this.#keepPlace();
    if (changed.has('_menu') && this._menu !== null) {
      focusMenu(root);
    }
    if (changed.has('_renaming') && this._renaming !== null) {
      const title = root.querySelector<HTMLInputElement>('.wb-Rename-text');
      if (title !== null) {
        title.focus();
        title.select();
        title.scrollLeft = 0; // a long title shows its beginning
      }
    }
    if (changed.has('_editing') && this._editing !== null && changed.get('_editing') === null) {
      const editor = root.querySelector<HTMLTextAreaElement>('.wb-Editor-text');
      editor?.focus();
      editor?.setSelectionRange(editor.value.length, editor.value.length);
    }
    if (changed.has('_state')) {
      this.#announce(changed.get('_state') as ChatState | undefined);
    }
  }

  #view(model: ChatModel): View {
    return {
      model,
      state: this._state,
      t: this.trans,
      actions: this.codeActions,
      enter: this.enter,
      menu: this._menu,
      renaming: this._renaming,
      editing: this._editing,
      setMenu: (menu, focusButton = false) => {
        const closed = this._menu;
        this._menu = menu;
        this._renaming = menu === null ? this._renaming : null;
        if (menu === null && focusButton) {
          this.renderRoot.querySelector<HTMLElement>(`[data-menu="${closed ?? ''}"]`)?.focus();
        }
      },
      setRenaming: (conversation, focusButton = false) => {
        this._renaming = conversation;
        if (conversation === null && focusButton) {
          void this.updateComplete.then(() => {
            this.renderRoot.querySelector<HTMLElement>('[data-menu="conversations"]')?.focus();
          });
        }
      },
      setEditing: editing => {
        this._editing = editing;
        if (editing === null) {
          this.focus();
        }
      },
      say: text => {
        this._spoken = text;
      },
      compose: text => {
        model.setDraft(text);
        void this.updateComplete.then(() => {
          const area = this.renderRoot.querySelector<HTMLTextAreaElement>('.wb-Composer-text');
          area?.focus();
          area?.setSelectionRange(text.length, text.length);
        });
      },
      toEnd: () => {
        this.#end.jump();
      },
      proceed: () => {
        this.#end.jump();
        if (window.matchMedia('(pointer: fine)').matches) {
          this.focus();
        }
      },
      deleteBranch: async (id, then) => {
        await model.deleteBranch(id);
        const { deleted } = model.state;
        await this.updateComplete;
        if (deleted !== null) {
          this._spoken = deletedWords(deleted, this.trans);
          await this.renderRoot.querySelector<WbBranches>('wb-branches')?.updateComplete;
          const undo = this.renderRoot.querySelector<HTMLElement>('.wb-Undo');
          (this._menu === 'branches' && this._state.forks ? then : undo?.focus.bind(undo))?.();
        }
      },
      copy: text => this.#copy(text)
    };
  }

  /** The messages from `#from` on; each is drawn anew only if something that it shows has changed. */
  #messages(view: View): unknown {
    const { state } = view;
    const last = state.branch.length - 1;
    return [
      this.#from > 0
        ? html`<button
            type="button"
            class="wb-Button wb-Earlier"
            @click=${() => {
              this.#showEarlier();
            }}
          >
            ${view.t('Show earlier messages')}
          </button>`
        : nothing,
      repeat(
        state.branch.slice(this.#from),
        shown => shown.message.parent_id ?? '', // alternatives take one place, and keep the focus in it
        (shown, index) => {
          const isLast = this.#from + index === last;
          const isWaiting = shown.message === state.running;
          const isCompared =
            shown.message.author === 'assistant' && shown.message.parent_id === state.columns[0]?.parent_id;
          return guard(
            [
              shown,
              isLast,
              state.running === null,
              isWaiting && state.slow,
              isWaiting && state.waiting,
              isWaiting && state.answering,
              state.models,
              view.menu === menuOf(shown.message),
              isCompared && state.columns,
              isCompared && view.menu,
              view.enter,
              view.editing?.id === shown.message.id ? view.editing : null,
              view.actions,
              view.t,
              view.model
            ],
            () => (isCompared ? columns(view) : message(view, shown, isLast))
          );
        }
      )
    ];
  }

  // Earlier messages are drawn as the reader comes near ---------------------------------------------------------------

  #watchEarlier(): void {
    const button = this.renderRoot.querySelector('.wb-Earlier');
    if (button === this.#earlierButton) {
      return;
    }
    this.#earlierButton = button;
    this.#earlier?.disconnect();
    this.#earlier = null;
    if (button !== null) {
      this.#earlier = new IntersectionObserver(
        entries => {
          if (entries.some(entry => entry.isIntersecting) && !this.#end.atEnd) {
            this.#showEarlier();
          }
        },
        { root: this.renderRoot.querySelector('.wb-Transcript'), rootMargin: '400px 0px 0px' }
      );
      this.#earlier.observe(button);
    }
  }

  #showEarlier(): void {
    const scroller = this.renderRoot.querySelector('.wb-Transcript');
    this.#from = Math.max(0, this.#from - WINDOW);
    this.#place = scroller === null ? null : scroller.scrollHeight - scroller.scrollTop;
    this.#earlier?.disconnect(); // and watched anew, so that it tells again if it is still in sight
    this.#earlierButton = null;
    this.requestUpdate();
  }

  /** Keeps what the reader looks at where it is when messages are added above. */
  #keepPlace(): void {
    const scroller = this.renderRoot.querySelector('.wb-Transcript');
    if (this.#place !== null && scroller !== null) {
      scroller.scrollTop = scroller.scrollHeight - this.#place;
      this.#place = null;
    }
  }

  // -------------------------------------------------------------------------------------------------------------------

  #subscribe(): void {
    this.#unsubscribe();
    this._state = this.model?.state ?? EMPTY;
    this.#unsubscribe =
      this.model?.subscribe(state => {
        this._state = state;
      }) ?? ((): void => undefined);
  }

  /** Says when a reply begins and how it ended, and not each of its words. */
  #announce(before: ChatState | undefined): void {
    const was = before?.running ?? null;
    const { running, branch, columns } = this._state;
    if (columns.length > 0 && (was === null) !== (running === null)) {
      const words = running === null ? this.trans('%1 answers, %2 of them whole.') : this.trans('Asking %1 models…');
      const whole = columns.filter(each => each.status === 'complete').length;
      this._spoken = fill(words, columns.length, whole);
    } else if (columns.length > 0) {
      return;
    } else if (running !== null && was?.id !== running.id) {
      this._spoken = this.trans('Answering…');
    } else if (this._state.waiting !== (before?.waiting ?? '') && running !== null) {
      this._spoken = this._state.waiting;
    } else if (was !== null && running === null) {
      const ended = branch.find(shown => shown.message.id === was.id)?.message;
      if (ended?.status === 'complete') {
        const text = ended.text.slice(0, SPOKEN_CHARACTERS);
        this._spoken = `${this.trans('Answer:')} ${text}`;
      } else if (ended !== undefined) {
        const isStopped = ended.status === 'stopped' && ended.fault === null;
        this._spoken = this.trans(isStopped ? 'Stopped.' : 'The answer did not end well.');
      }
    }
  }

  readonly #onClick = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    const code = target === null ? null : pressed(target);
    if (code === null) {
      return;
    }
    if (code.id === COPY) {
      void this.#copy(code.code);
      return;
    }
    const action = this.codeActions.find(each => each.id === code.id);
    void this.#run(async () => {
      await action?.run(code.code, code.language);
    }, action?.label ?? '');
  };

  #copy(text: string): Promise<void> {
    return this.#run(() => copyText(text), this.trans('Copied.'));
  }

  async #run(work: () => Promise<void>, done: string): Promise<void> {
    try {
      await work();
      this.#show(done);
    } catch (error) {
      this.model?.report(error);
    }
  }

  /** Shows `text` for a moment, and says it. */
  #show(text: string): void {
    this._spoken = text;
    this._toast = text;
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => {
      this._toast = '';
    }, TOAST_MS);
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) {
      this.model?.saveDrafts();
    }
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this._state.running !== null) {
      event.stopPropagation();
      void this.model?.stop();
      this.focus();
    } else if (event.key === 'F2') {
      event.preventDefault();
      this.rename();
    }
  };

  #smooth(): ScrollBehavior {
    return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  }

  readonly #end = new EndKeeper(this);
  #toastTimer: ReturnType<typeof setTimeout> | undefined;
  #from = 0;
  #shown = '';
  #length = 0;
  #place: number | null = null;
  #earlier: IntersectionObserver | null = null;
  #earlierButton: Element | null = null;
  #unsubscribe: () => void = () => undefined;
}

/**
 * Keeps Chromium from looking up the hosts of links before anybody follows them, as it does on pages that come over
 * plain HTTP, JupyterLab's at home among them: a link that a model wrote would be a message to its host.
 */
function keepLinksToThemselves(document: Document): void {
  if (document.head.querySelector('meta[http-equiv="x-dns-prefetch-control"]') === null) {
    const meta = document.createElement('meta');
    meta.httpEquiv = 'x-dns-prefetch-control';
    meta.content = 'off';
    document.head.append(meta);
  }
}

/** Makes `<wb-chat>` known to the page. A page that knows it already keeps the one it has. */
export function defineChat(): void {
  if (customElements.get('wb-chat') === undefined) {
    customElements.define('wb-chat', WbChat);
    customElements.define('wb-picker', WbPicker);
    customElements.define('wb-slash', WbSlash);
    customElements.define('wb-branches', WbBranches);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'wb-chat': WbChat;
  }
}
