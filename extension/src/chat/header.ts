import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { icon } from './icons.js';
import { menu } from './menu.js';
import { named } from './model-words.js';
import type { Conversation } from './records.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** Which conversation this is, which model answers, and the way to others of both. */
export function header(view: View): TemplateResult {
  const { model, state, t } = view;
  const { conversation } = state;
  const title = titleOf(conversation, t);
  const answering = state.answering === null ? t('No model') : named(state.answering, state.models, t);
  if (view.renaming !== null) {
    return html`<header class="wb-Chat-header">
      <h2 class="wb-Hidden">${title}</h2>
      ${renamer(view, view.renaming)}
    </header>`;
  }
  return html`<header class="wb-Chat-header">
    <h2 class="wb-Chat-title">
      <button
        type="button"
        class="wb-Button wb-mod-quiet wb-mod-opens"
        data-menu="conversations"
        aria-haspopup="menu"
        aria-expanded=${view.menu === 'conversations'}
        aria-label=${fill(t('Conversation: %1'), title)}
        title=${title}
        @click=${() => {
          view.setMenu(view.menu === 'conversations' ? null : 'conversations');
        }}
      >
        <span class="wb-Button-label">${title}</span>${icon('open')}
      </button>
    </h2>
    ${canRename(conversation)
      ? html`<button
          type="button"
          class="wb-Button wb-mod-quiet wb-mod-icon"
          aria-label=${t('Rename conversation')}
          aria-keyshortcuts="F2"
          title=${t('Rename conversation (F2)')}
          @click=${() => {
            view.setRenaming(conversation);
          }}
        >
          ${icon('edit')}
        </button>`
      : nothing}
    ${state.forks
      ? html`<button
          type="button"
          class="wb-Button wb-mod-quiet wb-mod-icon"
          data-menu="branches"
          aria-haspopup="tree"
          aria-expanded=${view.menu === 'branches'}
          aria-label=${t('Branches')}
          title=${t('Branches of this conversation')}
          @click=${() => {
            view.setMenu(view.menu === 'branches' ? null : 'branches');
          }}
        >
          ${icon('branches')}
        </button>`
      : nothing}
    <button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-opens wb-Chat-model"
      data-menu="models"
      aria-haspopup="dialog"
      aria-expanded=${view.menu === 'models'}
      aria-label=${fill(t('Model: %1'), answering)}
      title=${t('Choose the model that answers')}
      @click=${() => {
        view.setMenu(view.menu === 'models' ? null : 'models');
      }}
    >
      <span class="wb-Button-label">${answering}</span>${icon('open')}
    </button>
    <slot name="tools"></slot>
    <button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-icon"
      aria-label=${t('New conversation')}
      title=${t('New conversation')}
      @click=${() => {
        model.newConversation();
        view.compose(model.state.draft);
      }}
    >
      ${icon('new')}
    </button>
    ${view.menu === 'conversations' ? conversations(view) : nothing}
    ${view.menu === 'branches' && state.forks ? html`<wb-branches .view=${view}></wb-branches>` : nothing}
    ${view.menu === 'models' ? models(view) : nothing}
  </header>`;
}

/** Whether `conversation` can be given a title: one that the owner has not got yet is named by its first question. */
export function canRename(conversation: Conversation | null): conversation is Conversation {
  return conversation !== null && conversation.revision > 0;
}

function renamer(view: View, seen: Conversation): TemplateResult {
  const { model, t } = view;
  const end = (): void => {
    view.setRenaming(null, true);
  };
  return html`<form
    class="wb-Rename"
    @submit=${(event: Event) => {
      event.preventDefault();
      const { value } = (event.currentTarget as HTMLFormElement).elements[0] as HTMLInputElement;
      end();
      void model.renameConversation(seen, value);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        end();
      }
    }}
  >
    <input
      class="wb-Rename-text"
      dir="auto"
      maxlength="200"
      autocomplete="off"
      aria-label=${t('Title of this conversation')}
      placeholder=${t('As its first question')}
      .value=${seen.title}
    />
    <button type="submit" class="wb-Button wb-mod-quiet wb-mod-icon" aria-label=${t('Save')} title=${t('Save')}>
      ${icon('done')}
    </button>
    <button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-icon"
      aria-label=${t('Cancel')}
      title=${t('Cancel')}
      @click=${end}
    >
      ${icon('close')}
    </button>
  </form>`;
}

function titleOf(conversation: Conversation | null, t: Translate): string {
  return conversation === null ? t('New conversation') : conversation.title || t('Untitled');
}

function conversations(view: View): TemplateResult {
  const { model, state, t } = view;
  const entries = repeat(
    state.conversations,
    each => each.id,
    each =>
      html`<button
        type="button"
        class="wb-Menu-item"
        role="menuitemradio"
        tabindex="-1"
        aria-checked=${each.id === state.conversation?.id}
        @click=${() => {
          view.setMenu(null, true);
          view.toEnd();
          void model.openConversation(each.id);
        }}
        title=${titleOf(each, t)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'F2' && canRename(each)) {
            event.stopPropagation();
            view.setMenu(null);
            view.toEnd();
            void model.openConversation(each.id);
            view.setRenaming(each);
          }
        }}
      >
        <span class="wb-Menu-label">${titleOf(each, t)}</span>
        <span class="wb-Menu-detail">${ago(each.updated_at)}</span>
      </button>`
  );
  return menu(t('Conversations'), 'start', focus => { view.setMenu(null, focus); }, [
    state.conversations.length === 0
      ? html`<p class="wb-Menu-empty" role="menuitem" aria-disabled="true" tabindex="-1">
          ${t('No conversations yet.')}
        </p>`
      : entries,
    state.moreConversations
      ? html`<button
          type="button"
          class="wb-Menu-item wb-mod-minor"
          role="menuitem"
          tabindex="-1"
          @click=${(event: Event) => void readMore(view, event.currentTarget as Element)}
        >
          ${t('Show older conversations')}
        </button>`
      : nothing
  ]);
}

/** Reads on, with the focus on the first of what came. */
async function readMore({ model, state }: View, button: Element): Promise<void> {
  const menu = button.parentElement;
  await model.readMoreConversations();
  requestAnimationFrame(() => {
    menu?.querySelectorAll<HTMLElement>('[role="menuitemradio"]')[state.conversations.length]?.focus();
  });
}

function models(view: View): TemplateResult {
  const { model, state, t } = view;
  const chosen = state.experience?.model ?? null;
  const act = (work: () => Promise<void>): void => {
    view.setMenu(null, true);
    void work();
  };
  const minor = (label: string, work: () => Promise<void>): TemplateResult =>
    html`<button
      type="button"
      class="wb-Menu-item wb-mod-minor"
      @click=${() => {
        act(work);
      }}
    >
      ${label}
    </button>`;
  const { answering, defaultModel } = state;
  const others = [
    answering !== null && answering.id !== defaultModel?.id
      ? minor(fill(t('Make %1 the default everywhere'), named(answering, state.models, t)), () =>
          model.chooseDefault(answering.id)
        )
      : nothing,
    chosen !== null && defaultModel !== null && chosen !== defaultModel.id
      ? minor(fill(t('Use the default here: %1'), named(defaultModel, state.models, t)), () => model.chooseModel(null))
      : nothing,
    state.modelsKnown && !state.models.some(each => each.demo)
      ? minor(t('Add the demo model'), () => model.addDemo())
      : nothing
  ];
  return html`<wb-picker .view=${view} .minor=${others}></wb-picker>`;
}

const STEPS = [
  ['minute', 60_000, 60],
  ['hour', 3_600_000, 24],
  ['day', 86_400_000, 7]
] as const;

/** How long ago, in the reader's language: "now", "5 min. ago", "yesterday", else the date. */
function ago(timestamp: string, now: number = Date.now()): string {
  const then = new Date(timestamp).getTime();
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
  if (now - then < 60_000) {
    return format.format(0, 'second');
  }
  for (const [unit, ms, limit] of STEPS) {
    const count = Math.floor((now - then) / ms);
    if (count < limit) {
      return format.format(-count, unit);
    }
  }
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(then);
}
