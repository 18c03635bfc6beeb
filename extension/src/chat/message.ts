import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

import { given } from './given.js';
import { icon } from './icons.js';
import { isSend } from './keys.js';
import { markdown } from './markdown-part.js';
import { menu } from './menu.js';
import { modelEntries } from './model-entries.js';
import { named, providerOf } from './model-words.js';
import { anyway, remedy } from './notices.js';
import { note, thumbs } from './rating.js';
import type { Message, Model } from './records.js';
import type { ShownMessage } from './state.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** One message of the branch that is shown. */
export function message(view: View, shown: ShownMessage, isLast: boolean): TemplateResult {
  return shown.message.author === 'user'
    ? question(view, shown, isLast)
    : reply(view, shown, isLast);
}

function question(view: View, shown: ShownMessage, isLast: boolean): TemplateResult {
  const { state, t } = view;
  const { id, text } = shown.message;
  const canEdit = shown.delivery === 'saved' && state.running === null;
  return html`<article class="wb-Message wb-mod-user ${isLast ? 'wb-mod-last' : ''}">
    <h3 class="wb-Hidden">${t('You')}</h3>
    ${view.editing?.id === id
      ? editor(view, view.editing)
      : html`<div class="wb-Message-text" dir="auto">${text}</div>
          ${given(view, shown)} ${unsent(view, shown)}
          <div class="wb-Message-foot">
            ${walker(view, shown)} ${copyButton(view, text)}
            ${canEdit
              ? iconButton('edit', t('Edit this question'), () => {
                  view.setEditing({ id, text });
                })
              : nothing}
            ${canEdit ? deleter(view, shown.message) : nothing}
          </div>`}
  </article>`;
}

function editor(view: View, editing: { id: string; text: string }): TemplateResult {
  const { model, t } = view;
  const send = (): void => {
    view.setEditing(null);
    view.proceed();
    void model.edit(editing.id, editing.text);
  };
  return html`<form
    class="wb-Editor"
    @submit=${(event: Event) => {
      event.preventDefault();
      send();
    }}
  >
    <textarea
      class="wb-Editor-text"
      dir="auto"
      rows="3"
      aria-label=${t('Your question')}
      .value=${live(editing.text)}
      @input=${(event: Event) => {
        view.setEditing({ ...editing, text: (event.target as HTMLTextAreaElement).value });
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          view.setEditing(null);
        } else if (isSend(event, view.enter)) {
          event.preventDefault();
          send();
        }
      }}
    ></textarea>
    <div class="wb-Row">
      <button type="submit" class="wb-Button wb-mod-primary" ?disabled=${editing.text.trim() === ''}>
        ${t('Ask again')}
      </button>
      <button
        type="button"
        class="wb-Button"
        @click=${() => {
          view.setEditing(null);
        }}
      >
        ${t('Cancel')}
      </button>
    </div>
  </form>`;
}

function unsent(view: View, shown: ShownMessage): TemplateResult | typeof nothing {
  const { model, t } = view;
  if (shown.fault === null) {
    return nothing;
  }
  return html`<div class="wb-Notice wb-mod-danger">
    <p>${t('Not sent.')} ${t(shown.fault.message)} ${remedy(t(shown.fault.remedy))}</p>
    <div class="wb-Row">
      ${anyway(view, shown.fault, leave => void model.sendAgain(shown.message.id, leave))}
      <button
        type="button"
        class="wb-Button"
        @click=${() => {
          view.proceed();
          void model.sendAgain(shown.message.id);
        }}
      >
        ${t('Send again')}
      </button>
      <button
        type="button"
        class="wb-Button"
        @click=${() => {
          view.compose(model.takeBack(shown.message.id));
        }}
      >
        ${t('Edit')}
      </button>
    </div>
  </div>`;
}

function reply(view: View, shown: ShownMessage, isLast: boolean): TemplateResult {
  const { state, t } = view;
  const { message } = shown;
  const isRunning = message.status === 'running';
  const isOpen = view.menu === menuOf(message);
  return html`<article
    class="wb-Message wb-mod-assistant ${isLast || isOpen ? 'wb-mod-last' : ''}"
    aria-busy=${isRunning}
  >
    <h3 class="wb-Message-author">${author(message, t)}${merged(message, t)} ${instead(view, message)}</h3>
    ${body(view, message)}
    ${ending(view, message, isLast)}
    ${isRunning
      ? nothing
      : html`<div class="wb-Message-foot">
          ${walker(view, shown)} ${comparer(view, shown)} ${message.text === '' ? nothing : copyButton(view, message.text)}
          ${state.running === null ? again(view, message) : nothing} ${thumbs(view, message)}
          ${state.running === null && shown.delivery === 'saved' ? deleter(view, message) : nothing}
          <span class="wb-Message-figures">${figures(message, t)}</span>
        </div>
        ${note(view, message)}`}
  </article>`;
}

/** Who was asked before, and did not answer or not to the end. */
function instead({ t }: View, { tried }: Message): TemplateResult | typeof nothing {
  if (tried.length === 0) {
    return nothing;
  }
  const names = tried.map(each => `${each.model} (${each.code.replaceAll('_', ' ')})`).join(', ');
  return html`<small>${fill(t('instead of %1'), names)}</small>`;
}

/** The model that a reply is of. */
export function nameOf(reply: Message | undefined, t: Translate): string {
  return reply?.model_name ?? reply?.model ?? t('Model');
}

/** The model that a reply is of, and its provider quietly beside it. */
export function author(reply: Message, t: Translate): TemplateResult {
  const name = nameOf(reply, t);
  const provider = providerOf(reply, name, t);
  return html`${name}${provider === '' ? nothing : html`<small> · ${provider}</small>`}`;
}

function merged({ merged_from }: Message, t: Translate): string {
  return merged_from.length === 0 ? '' : ` · ${fill(t('merged from %1 answers'), merged_from.length)}`;
}

/** What a reply holds, as far as it has come. */
export function body(view: View, message: Message): TemplateResult {
  const isRunning = message.status === 'running';
  return html`${reasoning(view, message)}
    ${isRunning && message.text === '' && message.reasoning === '' ? waiting(view, message) : nothing}
    <div
      class="wb-Markdown ${isRunning ? 'wb-mod-running' : ''}"
      ${markdown(message.text, { open: isRunning, actions: view.actions, translate: view.t })}
    ></div>
    ${message.verified || message.status !== 'complete'
      ? nothing
      : html`<details class="wb-Reasoning">
          <summary>${view.t('Not verified')}</summary>
          ${view.t('Its provider is asked by way of litellm, where a reply that was cut off looks like a whole one.')}
        </details>`}`;
}

/** The way to all replies to the question, side by side. */
function comparer(view: View, { message, comparable }: ShownMessage): TemplateResult | typeof nothing {
  return comparable < 2 || view.state.running !== null
    ? nothing
    : iconButton('several', view.t('Compare the answers'), () => {
        view.model.compare(message.parent_id);
      });
}

function reasoning(view: View, message: Message): TemplateResult | typeof nothing {
  const { t } = view;
  if (message.reasoning === '') {
    return nothing;
  }
  const isThinking = message.status === 'running' && message.text === '';
  return html`<details class="wb-Reasoning">
    <summary>${isThinking ? t('Thinking…') : t('How the model thought about it')}</summary>
    <div class="wb-Reasoning-text" dir="auto">${message.reasoning}</div>
  </details>`;
}

function waiting({ state, t }: View, message: Message): TemplateResult {
  const asked = state.models.find(each => each.id === message.model) ?? state.answering;
  const isLocal = asked?.kind === 'local';
  const slow = isLocal ? t('Loading the model…') : t('Waiting for the model…');
  const words = state.waiting || (state.slow ? slow : '');
  return html`<p class="wb-Waiting">
    <span class="wb-Waiting-dots" aria-hidden="true"><i></i><i></i><i></i></span>
    ${words || html`<span class="wb-Hidden">${t('Answering…')}</span>`}
  </p>`;
}

/** How a reply ended that did not end well, and what to do; null: it runs, or is complete. */
export function sentence({ status, fault }: Message, t: Translate): TemplateResult | null {
  const why = fault === null ? null : t(fault.message);
  const words = {
    complete: null,
    running: null,
    stopped: why ?? t('Stopped.'),
    interrupted: t('Interrupted. What had arrived was kept.'),
    failed: why ?? t('This reply failed.')
  }[status];
  return words === null ? null : html`${words} ${fault === null ? nothing : remedy(t(fault.remedy))}`;
}

/** How a reply ended that did not end well, and what can be done about it. */
function ending(view: View, message: Message, isLast: boolean): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const words = sentence(message, t);
  if (words === null) {
    return nothing;
  }
  const isStopped = message.status === 'stopped';
  const kind = isStopped ? 'wb-mod-plain' : message.status === 'failed' ? 'wb-mod-danger' : 'wb-mod-warning';
  const canAct = state.running === null;
  const canContinue = canAct && isLast && message.text !== '';
  const next = canContinue ? fallback(view, message) : undefined;
  const resume = (label: string, other: Model | null): TemplateResult => html`<button
    type="button"
    class="wb-Button"
    @click=${() => {
      view.proceed();
      void model.resume(message.id, other);
    }}
  >
    ${label}
  </button>`;
  return html`<div class="wb-Notice ${kind}">
    <p>${words}</p>
    <div class="wb-Row">
      ${canContinue ? resume(t('Continue'), null) : nothing}
      ${next === undefined ? nothing : resume(fill(t('Continue with %1'), named(next, state.models, t)), next)}
      ${canAct
        ? html`<button
            type="button"
            class="wb-Button"
            @click=${() => {
              view.proceed();
              void model.retry(message.id);
            }}
          >
            ${t('Try again')}
          </button>`
        : nothing}
      ${canAct ? otherModels(view, message) : nothing}
    </div>
  </div>`;
}

/** The next of the Experience's fallbacks that has not had its turn. */
function fallback({ state }: View, message: Message): Model | undefined {
  const had = [message.model, ...message.tried.map(each => each.model)];
  const able = state.models.filter(each => each.available && !had.includes(each.id));
  const next = state.experience?.fallbacks.find(id => able.some(each => each.id === id));
  return able.find(each => each.id === next);
}

/** Try again, where no notice offers it in words. */
function again(view: View, message: Message): TemplateResult | typeof nothing {
  if (message.status !== 'complete') {
    return nothing;
  }
  return html`${iconButton('again', view.t('Try again'), () => {
    view.proceed();
    void view.model.retry(message.id);
  })}${otherModels(view, message)}`;
}

/** The menu in which another model is asked for this reply. */
export function menuOf(message: Message): `again ${string}` {
  return `again ${message.id}`;
}

/** The way to another model's answer, where there is another model. */
function otherModels(view: View, message: Message): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const able = state.models.filter(each => each.available);
  if (!able.some(each => each.id !== message.model)) {
    return nothing;
  }
  const id = menuOf(message);
  const isOpen = view.menu === id;
  const label = t('Try again with another model');
  return html`<button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-opens wb-mod-with"
      data-menu=${id}
      aria-haspopup="menu"
      aria-expanded=${isOpen}
      aria-label=${label}
      title=${label}
      @click=${() => {
        view.setMenu(isOpen ? null : id);
      }}
    >
      <span class="wb-Button-label">${t('with…')}</span>${icon('open')}
    </button>
    ${isOpen
      ? menu(
          t('Try again with…'),
          'start',
          focus => { view.setMenu(null, focus); },
          modelEntries(view, able, 'menuitem', each => {
            view.setMenu(null);
            view.proceed();
            void model.retry(message.id, each);
          })
        )
      : nothing}`;
}

/** Leads through the alternatives of a message. */
function walker(view: View, shown: ShownMessage): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const { siblings, message } = shown;
  const at = siblings.indexOf(message.id);
  if (siblings.length < 2) {
    return nothing;
  }
  const step = (by: number, label: string, name: 'previous' | 'next'): TemplateResult => {
    const id = siblings[at + by];
    return html`<button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-icon"
      aria-label=${label}
      title=${label}
      aria-disabled=${id === undefined || state.running !== null}
      @click=${() => {
        if (id !== undefined && state.running === null) {
          void model.selectSibling(id);
          view.say(fill(t('%1 of %2'), at + by + 1, siblings.length));
        }
      }}
    >
      ${icon(name)}
    </button>`;
  };
  return html`<span class="wb-Walker" role="group" aria-label=${t('Versions')}>
    ${step(-1, t('Previous version'), 'previous')}
    <span class="wb-Walker-place">${fill(t('%1 of %2'), at + 1, siblings.length)}</span>
    ${step(1, t('Next version'), 'next')}
  </span>`;
}

function deleter(view: View, { id }: Message): TemplateResult {
  return iconButton('delete', view.t('Delete from here on'), () => void view.deleteBranch(id));
}

function copyButton(view: View, text: string): TemplateResult {
  return iconButton('copy', view.t('Copy message'), () => void view.copy(text));
}

function iconButton(
  name: 'copy' | 'edit' | 'again' | 'several' | 'delete',
  label: string,
  act: () => void
): TemplateResult {
  return html`<button
    type="button"
    class="wb-Button wb-mod-quiet wb-mod-icon"
    aria-label=${label}
    title=${label}
    @click=${act}
  >
    ${icon(name)}
  </button>`;
}

/** What the reply took. A figure that is unknown is left out, but for the cost of a reply whose tokens are known. */
export function figures(message: Message, t: Translate): string {
  const number = new Intl.NumberFormat();
  const seconds = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
  const words = [
    ...[message.personality, message.prompt].map(by => (by === null ? '' : `${by.name} ${by.version}`)),
    message.output_tokens === null
      ? ''
      : fill(
          message.output_tokens === 1 ? t('%1 token') : t('%1 tokens'),
          number.format(message.output_tokens)
        ),
    message.total_ms === null ? '' : fill(t('%1 s'), seconds.format(message.total_ms / 1000)),
    cost(message, t),
    message.unsent.length === 0 ? '' : fill(t('temperature was not sent: %1 does not take it'), nameOf(message, t))
  ];
  return words.filter(word => word !== '').join(' · ');
}

function cost({ cost_usd, output_tokens }: Message, t: Translate): string {
  const dollars = Number(cost_usd);
  if (dollars > 0) {
    return `$${dollars < 0.01 ? dollars.toPrecision(2) : dollars.toFixed(2)}`;
  }
  return output_tokens === null ? '' : cost_usd === null ? t('cost unknown') : t('free');
}
