import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { icon } from './icons.js';
import { menu } from './menu.js';
import type { Conversation, Model } from './records.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** Which conversation this is, which model answers, and the way to others of both. */
export function header(view: View): TemplateResult {
  const { model, state, t } = view;
  const title = titleOf(state.conversation, t);
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
    <button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-opens wb-Chat-model"
      data-menu="models"
      aria-haspopup="menu"
      aria-expanded=${view.menu === 'models'}
      aria-label=${fill(t('Model: %1'), state.answering?.name ?? t('No model'))}
      title=${t('Choose the model that answers')}
      @click=${() => {
        view.setMenu(view.menu === 'models' ? null : 'models');
      }}
    >
      <span class="wb-Button-label">${state.answering?.name ?? t('No model')}</span>${icon('open')}
    </button>
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
    ${view.menu === 'models' ? models(view) : nothing}
  </header>`;
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
          @click=${() => void model.readMoreConversations()}
        >
          ${t('Show older conversations')}
        </button>`
      : nothing
  ]);
}

function models(view: View): TemplateResult {
  const { model, state, t } = view;
  const chosen = state.experience?.model ?? null;
  const act = (work: () => Promise<void>): void => {
    view.setMenu(null, true);
    void work();
  };
  const entries = repeat(
    state.models,
    each => each.id,
    each =>
      html`<button
        type="button"
        class="wb-Menu-item"
        role="menuitemradio"
        tabindex="-1"
        aria-checked=${each.id === state.answering?.id}
        aria-disabled=${!each.available}
        @click=${() => {
          if (each.available) {
            act(() => model.chooseModel(each.id));
          }
        }}
      >
        <span class="wb-Menu-label">${each.name}</span>
        <span class="wb-Menu-detail">${describe(each, state.defaultModel, t)}</span>
      </button>`
  );
  const minor = (label: string, work: () => Promise<void>): TemplateResult =>
    html`<button
      type="button"
      class="wb-Menu-item wb-mod-minor"
      role="menuitem"
      tabindex="-1"
      @click=${() => {
        act(work);
      }}
    >
      ${label}
    </button>`;
  const { answering, defaultModel } = state;
  return menu(t('Models'), 'end', focus => { view.setMenu(null, focus); }, [
    entries,
    answering !== null && answering.id !== defaultModel?.id
      ? minor(fill(t('Make %1 the default everywhere'), answering.name), () =>
          model.chooseDefault(answering.id)
        )
      : nothing,
    chosen !== null && defaultModel !== null && chosen !== defaultModel.id
      ? minor(fill(t('Use the default here: %1'), defaultModel.name), () => model.chooseModel(null))
      : nothing,
    state.modelsKnown && !state.models.some(each => each.demo)
      ? minor(t('Add the demo model'), () => model.addDemo())
      : nothing
  ]);
}

function describe(model: Model, defaultModel: Model | null, t: Translate): string {
  if (!model.available) {
    return model.unavailable_reason || t('Not available');
  }
  const where = model.kind === 'local' ? t('This computer') : model.provider;
  const words = [
    model.demo ? t('Demo') : '',
    where,
    model.id === defaultModel?.id ? t('Default') : ''
  ];
  return words.filter(word => word !== '').join(' · ');
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
