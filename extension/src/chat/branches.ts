import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { icon } from './icons.js';
import { focusMenu, menu } from './menu.js';
import { nameOf } from './message.js';
import { fill } from './translation.js';
import type { Run } from './tree.js';
import type { View } from './view.js';

/** Branches drawn at first, and each time the reader asks for more. */
const WINDOW = 100;
const PREVIEW_CHARACTERS = 120;
/** Forks above a line that are shown by its place. */
const DEEPEST = 8;

/** The branches of a conversation, a line for each: chosen, it is shown. */
export class WbBranches extends LitElement {
  static override readonly properties: PropertyDeclarations = { view: { attribute: false }, _limit: { state: true } };

  declare view: View;
  private declare _limit: number;

  constructor() {
    super();
    this._limit = 0;
  }

  /** It is drawn where it stands, in the chat's own styles. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    this.#runs = this.view.model.runs();
    const inView = new Set(this.view.state.branch.map(each => each.message.id));
    this.#current = this.#runs.findLastIndex(each => inView.has(each.first.id));
    this._limit ||= Math.max(0, this.#current) + WINDOW;
  }

  protected override firstUpdated(): void {
    focusMenu(this);
  }

  protected override render(): TemplateResult {
    const { view } = this;
    const { t } = view;
    return menu(
      t('Branches'),
      'start',
      focus => {
        view.setMenu(null, focus);
      },
      [
        repeat(
          this.#runs.slice(0, this._limit),
          each => each.first.id,
          (each, at) => this.#line(each, at === this.#current)
        ),
        this.#runs.length > this._limit ? this.#more() : nothing
      ],
      'tree'
    );
  }

  #line({ first, level, messages }: Run, isCurrent: boolean): TemplateResult {
    const { state, t } = this.view;
    const begins = first.text.slice(0, PREVIEW_CHARACTERS);
    const who = first.author === 'user' ? t('You') : nameOf(first, t);
    const at = new Date(first.created_at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
    const count = messages === 1 ? '' : ` · ${fill(t('%1 messages'), messages)}`;
    return html`<div
      class="wb-Menu-item wb-Branch"
      style="margin-inline-start:${Math.min(level - 1, DEEPEST)}em"
      role="treeitem"
      tabindex="-1"
      aria-level=${level}
      aria-current=${isCurrent ? 'true' : nothing}
      aria-keyshortcuts="Delete"
      @click=${() => {
        this.#show(first.id);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Delete') {
          void this.#delete(first.id);
        } else if ((event.key === 'Enter' || event.key === ' ') && event.target === event.currentTarget) {
          event.preventDefault();
          this.#show(first.id);
        }
      }}
    >
      <span class="wb-Branch-words">
        <span class="wb-Menu-label">${begins === '' ? (first.fault?.message ?? '…') : begins}</span>
        <span class="wb-Menu-detail">${who} · ${at}${count}</span>
      </span>
      ${state.running === null
        ? html`<button
            type="button"
            class="wb-Button wb-mod-quiet wb-mod-icon"
            tabindex="-1"
            aria-label=${t('Delete this branch')}
            title=${t('Delete this branch (Delete)')}
            @click=${(event: Event) => {
              event.stopPropagation();
              void this.#delete(first.id);
            }}
          >
            ${icon('delete')}
          </button>`
        : nothing}
    </div>`;
  }

  #more(): TemplateResult {
    const more = (): void => {
      this._limit += WINDOW;
    };
    return html`<div
      class="wb-Menu-item wb-mod-minor"
      role="treeitem"
      tabindex="-1"
      aria-level="1"
      @click=${more}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          const at = this._limit;
          more();
          void this.updateComplete.then(() => {
            this.#focus(at);
          });
        }
      }}
    >
      ${this.view.t('Show more branches')}
    </div>`;
  }

  #show(id: string): void {
    const { view } = this;
    if (view.state.running === null) {
      view.setMenu(null, true);
      view.toEnd();
      void view.model.selectSibling(id);
    }
  }

  /** Deletes a branch; the focus goes to what then stands in its place, or to where it is undone. */
  async #delete(id: string): Promise<void> {
    if (this.view.state.running === null) {
      const at = this.#runs.findIndex(each => each.first.id === id);
      await this.view.deleteBranch(id, () => {
        this.#focus(at);
      });
    }
  }

  #focus(at: number): void {
    const lines = this.querySelectorAll<HTMLElement>('[role="treeitem"]');
    lines[Math.min(at, lines.length - 1)]?.focus();
  }

  #runs: readonly Run[] = [];
  /** The place of the branch that is shown. */
  #current = -1;
}
