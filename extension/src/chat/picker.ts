import { html, LitElement, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { nameHere, where } from './model-entries.js';
import { abilities, matching, named, ownFigures } from './model-words.js';
import type { Measured, Model, Suggestion } from './records.js';
import { fill } from './translation.js';
import type { View } from './view.js';

interface Entry {
  readonly key: string;
  readonly model: Model;
  /** Why it is suggested; null: it is one of the list. */
  readonly why: string | null;
}

/** A search among the models and the list of those found, worked as the ARIA practices say of an editable combobox. */
export class WbPicker extends LitElement {
  static override readonly properties: PropertyDeclarations = {
    view: { attribute: false },
    minor: { attribute: false },
    _query: { state: true },
    _at: { state: true },
    _measured: { state: true },
    _suggestion: { state: true }
  };

  declare view: View;
  /** What else can be done with models: buttons below the list. */
  declare minor: unknown;
  private declare _query: string;
  /** The key of the entry that Enter chooses. */
  private declare _at: string;
  private declare _measured: ReadonlyMap<string, Measured>;
  private declare _suggestion: Suggestion | null;

  constructor() {
    super();
    this._query = '';
    this._at = '';
    this._measured = new Map();
    this._suggestion = null;
  }

  /** It is drawn where it stands, in the chat's own styles. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this._at = this.view.state.answering?.id ?? '';
    this.querySelector('input')?.focus();
    const { model } = this.view;
    void model.measured().then(found => (this._measured = new Map(found.map(each => [each.model, each]))));
    void model.suggestion().then(found => (this._suggestion = found));
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('_at') || changed.has('_query')) {
      this.querySelector('.wb-mod-active')?.scrollIntoView({ block: 'nearest' });
    }
  }

  protected override render(): TemplateResult {
    const { t } = this.view;
    const entries = this.#entries();
    const at = this.#index(entries);
    return html`<div
      class="wb-Menu wb-Picker wb-mod-end"
      role="dialog"
      aria-label=${t('Models')}
      @keydown=${(event: KeyboardEvent) => {
        this.#onKeyDown(event, entries, at);
      }}
      @focusout=${this.#onFocusOut}
    >
      <input
        class="wb-Picker-search"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls="wb-picker-list"
        aria-activedescendant=${at < 0 ? nothing : `wb-picker-${at}`}
        aria-label=${t('Search models')}
        placeholder=${t('Name, provider, vision, tools, free…')}
        autocomplete="off"
        spellcheck="false"
        .value=${this._query}
        @input=${(event: Event) => {
          this.#search((event.target as HTMLInputElement).value);
        }}
      />
      <div class="wb-Picker-list" id="wb-picker-list" role="listbox" aria-label=${t('Models')}>
        ${repeat(
          entries,
          each => each.key,
          (each, index) => this.#option(each, index, index === at)
        )}
      </div>
      ${entries.length === 0 ? html`<p class="wb-Menu-empty">${t('No model is like that.')}</p>` : nothing}
      ${this.minor}
    </div>`;
  }

  #option({ model, why }: Entry, index: number, isActive: boolean): TemplateResult {
    const { state, t } = this.view;
    const isChosen = why === null && model.id === state.answering?.id;
    const details = why === null ? [abilities(model, t), ownFigures(this._measured.get(model.id), t)] : [why];
    return html`<div
      id=${`wb-picker-${index}`}
      class=${isActive ? 'wb-Picker-entry wb-mod-active' : 'wb-Picker-entry'}
      role="option"
      aria-selected=${isChosen}
      aria-disabled=${!model.available}
      @mousedown=${(event: Event) => {
        event.preventDefault(); // the focus stays in the search
      }}
      @click=${() => {
        this.#choose(model);
      }}
    >
      <span class="wb-Picker-name">${why === null
          ? nameHere(model, state.models, t)
          : fill(t('Suggested: %1'), named(model, state.models, t))}</span>
      ${why === null ? html`<span class="wb-Menu-detail">${where(model, state.defaultModel, t)}</span>` : nothing}
      ${details.map(words => (words === '' ? nothing : html`<span class="wb-Picker-words">${words}</span>`))}
    </div>`;
  }

  #entries(): readonly Entry[] {
    const { models } = this.view.state;
    const found = matching(models, this._query).map(model => ({ key: model.id, model, why: null }));
    const suggested = this._query === '' ? models.find(each => each.id === this._suggestion?.model) : undefined;
    const why = this._suggestion?.why.join(' ') ?? '';
    return suggested === undefined ? found : [{ key: 'suggested', model: suggested, why }, ...found];
  }

  /** Where Enter chooses: the entry that was gone to, else the first. */
  #index(entries: readonly Entry[]): number {
    return Math.max(entries.findIndex(each => each.key === this._at), Math.min(entries.length, 1) - 1);
  }

  #search(query: string): void {
    this._query = query;
    this._at = '';
    const { state, t } = this.view;
    this.view.say(fill(t('%1 models'), matching(state.models, query).length));
  }

  #choose(each: Model): void {
    if (each.available) {
      this.view.setMenu(null, true);
      void this.view.model.chooseModel(each.id);
    }
  }

  #onKeyDown(event: KeyboardEvent, entries: readonly Entry[], at: number): void {
    const { length } = entries;
    const to = {
      ArrowDown: (at + 1) % length,
      ArrowUp: (at - 1 + length) % length,
      Home: 0,
      End: length - 1
    }[event.key];
    const isSearching = event.target instanceof HTMLInputElement;
    const entry = entries[at];
    if (event.key === 'Escape') {
      this.view.setMenu(null, true);
    } else if (isSearching && to !== undefined && !event.isComposing) {
      this._at = entries[to]?.key ?? '';
    } else if (isSearching && event.key === 'Enter' && !event.isComposing && entry !== undefined) {
      this.#choose(entry.model);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  readonly #onFocusOut = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    const isItsButton = to instanceof Element && to.ariaExpanded === 'true'; // which closes it when it is clicked
    if (to instanceof Node && !this.contains(to) && !isItsButton) {
      this.view.setMenu(null);
    }
  };
}
