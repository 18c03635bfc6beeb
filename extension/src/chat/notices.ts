import { html, nothing, type TemplateResult } from 'lit';

import { icon } from './icons.js';
import type { BranchChange, Download, Fault } from './records.js';
import { type Leave, WARNED } from './state.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** A remedy with its commands set as code. */
export function remedy(text: string): readonly (TemplateResult | string)[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** What did not work just now, with the way to do it again. */
export function problem(view: View): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const { problem } = state;
  if (problem === null || state.phase === 'failed') {
    return nothing;
  }
  const { fault, again } = problem;
  return html`<div class="wb-Notice wb-mod-${fault.code === WARNED ? 'warning' : 'danger'} wb-mod-bar" role="alert">
    <p>${t(fault.message)} ${remedy(t(fault.remedy))}</p>
    <div class="wb-Row">
      ${again === null
        ? nothing
        : html`${anyway(view, fault, leave => {
              model.dismissProblem();
              void again(leave);
            })}
            <button
              type="button"
              class="wb-Button"
              @click=${() => {
                model.dismissProblem();
                view.proceed();
                void again();
              }}
            >
              ${t('Try again')}
            </button>`}
      ${dismissal(view, () => {
        model.dismissProblem();
      })}
    </div>
  </div>`;
}

/** The way to a bar's end without doing what it offers. */
function dismissal(view: View, dismiss: () => void): TemplateResult {
  return html`<button
    type="button"
    class="wb-Button wb-mod-quiet wb-mod-icon"
    aria-label=${view.t('Dismiss')}
    title=${view.t('Dismiss')}
    @click=${() => {
      dismiss();
      view.proceed();
    }}
  >
    ${icon('close')}
  </button>`;
}

/** What was deleted just now, with the way to undo it: it stays until the reader goes on. */
export function deletion(view: View): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  if (state.deleted === null) {
    return nothing;
  }
  return html`<div class="wb-Notice wb-mod-plain wb-mod-bar wb-Deleted">
    <p>${deletedWords(state.deleted, t)}</p>
    <div class="wb-Row">
      <button
        type="button"
        class="wb-Button wb-Undo"
        @click=${() => {
          view.proceed();
          void model.restoreBranch().then(() => {
            if (model.state.deleted === null) {
              view.say(t('Restored.'));
            }
          });
        }}
      >
        ${t('Undo')}
      </button>
      ${dismissal(view, () => {
        model.keepDeleted();
      })}
    </div>
  </div>`;
}

/** What a deletion took away. */
export function deletedWords({ messages }: BranchChange, t: Translate): string {
  return messages === 1 ? t('Deleted 1 message.') : fill(t('Deleted %1 messages.'), messages);
}

/** Where a budget or a rule stopped it: the way to send it all the same. */
export function anyway(view: View, { code, rules }: Fault, send: (leave: Leave) => void): TemplateResult | typeof nothing {
  const leave: Leave | null =
    code === 'budget_reached' ? { over_budget: true } : rules === undefined ? null : { allow_rules: rules };
  const act = (): void => {
    view.proceed();
    send(leave ?? {});
  };
  return leave === null
    ? nothing
    : html`<button type="button" class="wb-Button" @click=${act}>${view.t('Send anyway')}</button>`;
}

/** That the reply cannot be seen for the moment. */
export function connection({ state, t }: View): TemplateResult | typeof nothing {
  return state.connection === 'live'
    ? nothing
    : html`<p class="wb-Notice wb-mod-warning wb-mod-bar" role="status">
        ${t('Connection lost. The answer goes on; looking for it again…')}
      </p>`;
}

/** What stands where no message is: why, and what can be done. */
export function empty(view: View): TemplateResult | typeof nothing {
  const { state, t } = view;
  if (state.phase === 'idle') {
    return html`<div class="wb-Empty">
      <h3 class="wb-Empty-title">${t('No Experience is open')}</h3>
      <p>${t('Each Experience keeps its own conversations, notebook and model. Choose one to begin.')}</p>
      <slot name="no-experience"></slot>
    </div>`;
  }
  if (state.phase === 'loading' || state.opening) {
    return html`<div class="wb-Empty wb-mod-late" role="status">
      <p class="wb-Waiting">
        <span class="wb-Waiting-dots" aria-hidden="true"><i></i><i></i><i></i></span>
        ${t('Opening…')}
      </p>
    </div>`;
  }
  if (state.phase === 'failed') {
    return failure(view);
  }
  if (state.modelsKnown && state.answering === null) {
    return noModel(view);
  }
  return state.branch.length === 0 && state.problem === null ? start(view) : nothing;
}

function failure({ state, t }: View): TemplateResult {
  const fault = state.problem?.fault;
  const again = state.problem?.again;
  return html`<div class="wb-Empty" role="alert">
    <h3 class="wb-Empty-title">${t('This Experience could not be opened')}</h3>
    <p>${t(fault?.message ?? '')} ${remedy(t(fault?.remedy ?? ''))}</p>
    ${again
      ? html`<button type="button" class="wb-Button wb-mod-primary" @click=${() => void again()}>
          ${t('Try again')}
        </button>`
      : nothing}
  </div>`;
}

/** Three ways to begin. Each leaves the reader in the composer, to say the rest. */
function start(view: View): TemplateResult {
  const { state, t } = view;
  const description = state.experience?.description ?? '';
  const hints: readonly (readonly [label: string, text: string])[] = [
    [t('Explain something'), t('Explain in simple words, with an example: ')],
    [t('Write Python code'), t('Write a Python function that ')],
    [t('Test what I know'), t('Ask me five questions, one at a time, about ')]
  ];
  return html`<div class="wb-Empty">
    <h3 class="wb-Empty-title">${state.experience?.name ?? ''}</h3>
    <p>${description === '' ? t('What would you like to find out?') : description}</p>
    <div class="wb-Hints">
      ${hints.map(
        ([label, text]) =>
          html`<button
            type="button"
            class="wb-Button wb-Hint"
            @click=${() => {
              view.compose(text);
            }}
          >
            <span class="wb-Hint-label">${label}</span>
            <span class="wb-Hint-text">${text.trim().replace(/:$/, '')}…</span>
          </button>`
      )}
    </div>
  </div>`;
}

function noModel(view: View): TemplateResult {
  const { model, state, t } = view;
  if (state.models.length > 0) {
    const chosen = state.models.find(each => each.id === state.experience?.model);
    const why =
      chosen?.unavailable_reason ??
      (state.models.every(each => each.available)
        ? t('The model that answered here is gone.')
        : t('The model that answered here is gone, or cannot be asked now. Its entry says why.'));
    return html`<div class="wb-Empty">
      <h3 class="wb-Empty-title">${t('Choose a model')}</h3>
      <p>${why}</p>
      <button
        type="button"
        class="wb-Button wb-mod-primary"
        @click=${() => {
          view.setMenu('models');
        }}
      >
        ${t('Choose a model')}
      </button>
    </div>`;
  }
  const { demo } = state;
  return html`<div class="wb-Empty">
    <h3 class="wb-Empty-title">${t('Add a model to begin')}</h3>
    <p>
      ${t('The demo model runs on this computer: 98 MB, no key, and no network once it is here.')}
      ${t('It is small, and often wrong.')}
    </p>
    ${demo?.state === 'running'
      ? progress(view, demo)
      : html`${demo?.state === 'failed'
            ? html`<div class="wb-Notice wb-mod-danger" role="alert">
                <p>${t(demo.message)} ${remedy(t(demo.remedy))}</p>
              </div>`
            : nothing}
          <button
            type="button"
            class="wb-Button wb-mod-primary"
            @click=${() => void model.addDemo()}
          >
            ${demo?.state === 'failed' ? t('Try again') : t('Add the demo model')}
          </button>`}
    <slot name="no-model"></slot>
  </div>`;
}

function progress({ model, t }: View, demo: Download): TemplateResult {
  return html`<div class="wb-Download">
    <progress
      aria-label=${t('Demo model')}
      max=${demo.total_bytes ?? nothing}
      value=${demo.total_bytes === null ? nothing : demo.received_bytes}
    ></progress>
    <div class="wb-Row">
      <span class="wb-Download-figures">${received(demo, t)}</span>
      <button type="button" class="wb-Button" @click=${() => void model.cancelDemo()}>
        ${t('Cancel')}
      </button>
    </div>
  </div>`;
}

function received(demo: Download, t: Translate): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return demo.total_bytes === null
    ? fill(t('%1 MB'), megabytes(demo.received_bytes))
    : fill(t('%1 of %2 MB'), megabytes(demo.received_bytes), megabytes(demo.total_bytes));
}
