import { html, LitElement, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';

import type { Prompt, Variable } from './records.js';
import { fill } from './translation.js';
import { toFault } from './transport.js';
import type { View } from './view.js';

/** The name that is being written behind the slash, and nothing else. */
const BEGUN = /^\/([\w-]*)$/;

/** What `/` at the beginning of a question lists: the prompts of the library; and what the chosen one asks for. */
export class WbSlash extends LitElement {
  static override readonly properties: PropertyDeclarations = {
    view: { attribute: false },
    _prompts: { state: true },
    _at: { state: true },
    _left: { state: true },
    _form: { state: true },
    _problem: { state: true }
  };

  declare view: View;
  /** Null: not read yet. */
  private declare _prompts: readonly Prompt[] | null;
  private declare _at: number;
  /** What was written when the list was closed. */
  private declare _left: string;
  private declare _form: { readonly prompt: Prompt; readonly asked: readonly Variable[] } | null;
  private declare _problem: string;

  constructor() {
    super();
    this._prompts = this._form = null;
    this._at = 0;
    this._left = this._problem = '';
  }

  /** Whether a key, pressed where the question is written, was for the list. */
  onKey(event: KeyboardEvent): boolean {
    const found = this.#found();
    const { length } = found;
    const chosen = found[this._at];
    if (chosen === undefined || event.isComposing || event.shiftKey) {
      return false;
    }
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        this._at = (this._at + (event.key === 'ArrowDown' ? 1 : length - 1)) % length;
        break;
      case 'Enter':
      case 'Tab':
        void this.#choose(chosen);
        break;
      case 'Escape':
        this._left = this.view.state.draft;
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** It is drawn where it stands, in the chat's own styles. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { draft } = this.view.state;
    if (draft !== this._left) {
      this._left = '';
    }
    const before = changed.get('view') as View | undefined;
    if (changed.has('view') && before?.state.draft !== draft) {
      this._at = 0;
      this._form = null;
      if (BEGUN.test(draft) && !BEGUN.test(before?.state.draft ?? '')) {
        void this.#try(async () => {
          const read = await this.view.model.library<readonly Prompt[]>('');
          this._prompts = read;
          this.view.say(fill(this.view.t('%1 prompts'), read.length));
        });
      }
    }
  }

  protected override updated(changed: PropertyValues): void {
    const area = this.parentElement?.querySelector('.wb-Composer-text');
    const active = this.querySelector('.wb-mod-active');
    if (active) {
      area?.setAttribute('aria-activedescendant', active.id);
      active.scrollIntoView({ block: 'nearest' });
    } else {
      area?.removeAttribute('aria-activedescendant');
    }
    if (changed.has('_form')) {
      this.querySelector<HTMLElement>('form :is(input, textarea, select)')?.focus();
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t } = this.view;
    if (this._form !== null) {
      return this.#drawForm(this._form.prompt, this._form.asked);
    }
    const found = this.#found();
    const problem = this._problem === '' ? nothing : html`<p class="wb-Slash" role="alert">${this._problem}</p>`;
    return found.length === 0
      ? problem
      : html`<div class="wb-Slash wb-Picker-list" id="wb-slash" role="listbox" aria-label=${t('Prompts')}>
          ${found.map(
            (each, at) => html`<div
              id="wb-slash-${at}"
              class="wb-Picker-entry ${at === this._at ? 'wb-mod-active' : ''}"
              role="option"
              aria-selected=${at === this._at}
              @mousedown=${(event: Event) => {
                event.preventDefault(); // the focus stays where the question is written
              }}
              @click=${() => void this.#choose(each)}
            >
              <span class="wb-Picker-name">/${each.name}</span>
              <span class="wb-Menu-detail">${each.title}</span>
            </div>`
          )}
        </div>`;
  }

  #drawForm(prompt: Prompt, asked: readonly Variable[]): TemplateResult {
    const { t } = this.view;
    return html`<form
      class="wb-Slash"
      aria-label=${prompt.title}
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const given = [...new FormData(event.target as HTMLFormElement)].filter(([, value]) => value !== '');
        void this.#insert(prompt, Object.fromEntries(given));
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          this.#close();
        }
      }}
    >
      <strong>${prompt.title}</strong>
      ${asked.map(each => html`<label>${each.label || each.name} ${field(each)}</label>`)}
      <p role="alert">${this._problem}</p>
      <button class="wb-Button wb-mod-primary">${t('Insert')}</button>
      <button type="button" class="wb-Button" @click=${this.#close}>${t('Cancel')}</button>
    </form>`;
  }

  /** The prompts whose names or titles hold what is written, those that begin so first. */
  #found(): readonly Prompt[] {
    const { draft } = this.view.state;
    const word = BEGUN.exec(draft)?.[1]?.toLowerCase();
    if (word === undefined || draft === this._left || this._form !== null) {
      return [];
    }
    const found = (this._prompts ?? []).filter(
      ({ name, title, use }) => use !== 'system' && `${name} ${title.toLowerCase()}`.includes(word)
    );
    return found.sort((one, other) => Number(other.name.startsWith(word)) - Number(one.name.startsWith(word)));
  }

  async #choose(prompt: Prompt): Promise<void> {
    await this.#try(async () => {
      const asked = await this.view.model.library<readonly Variable[]>(`/${prompt.id}/variables`);
      if (asked.length === 0) {
        await this.#insert(prompt, {});
      } else {
        this._form = { prompt, asked };
      }
    });
  }

  async #insert(prompt: Prompt, values: object): Promise<void> {
    await this.#try(async () => {
      const { text } = await this.view.model.library<{ text: string }>(`/${prompt.id}/render`, { values });
      this.view.compose(text);
      this.view.say(fill(this.view.t('%1 was inserted.'), prompt.title));
    });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    this._problem = '';
    try {
      await work();
    } catch (error) {
      const { message, remedy } = toFault(error);
      this._problem = `${message} ${remedy}`;
    }
  }

  readonly #close = (): void => {
    this._form = null;
    this._left = this.view.state.draft;
    this.view.compose(this._left);
  };
}

/** Where a variable is given its value; its default stands where nothing is. */
function field({ name, kind, default: given, choices }: Variable): TemplateResult {
  const hint = typeof given === 'boolean' ? (given ? 'yes' : 'no') : String(given ?? '');
  const offered = kind === 'yes/no' ? ['yes', 'no'] : choices;
  return offered.length > 0
    ? html`<select class="wb-Note" name=${name}>
        <option value="">${hint}</option>
        ${offered.map(each => html`<option>${each}</option>`)}
      </select>`
    : kind === 'text'
      ? html`<textarea class="wb-Note" name=${name} rows="1" placeholder=${hint}></textarea>`
      : html`<input class="wb-Note" name=${name} placeholder=${hint || kind} />`;
}
