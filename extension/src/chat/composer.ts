import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

import { attachButton, chips, onPaste } from './chips.js';
import { several } from './columns.js';
import { estimated } from './estimate.js';
import { icon } from './icons.js';
import { ACCEL, isSend } from './keys.js';
import type { WbSlash } from './slash.js';
import { fill } from './translation.js';
import type { View } from './view.js';

/** Where a question is written, sent, and a reply stopped. */
export function composer(view: View): TemplateResult {
  const { model, state, t } = view;
  const isRunning = state.running !== null;
  const noModel = state.modelsKnown && state.answering === null;
  const canSend = !isRunning && !noModel && !state.opening && state.draft.trim() !== '';
  const send = (): void => {
    if (canSend) {
      view.toEnd();
      void model.send(state.draft);
    } else if (isRunning) {
      view.say(t('Wait for the answer, or stop it with Escape.'));
    } else if (noModel) {
      view.say(t('Add a model first.'));
    }
  };
  return html`<form
    class="wb-Composer"
    @submit=${(event: Event) => {
      event.preventDefault();
      send();
      view.compose(model.state.draft);
    }}
  >
    ${chips(view)}
    <textarea
      class="wb-Composer-text"
      dir="auto"
      rows="1"
      enterkeyhint=${view.enter === 'send' ? 'send' : 'enter'}
      aria-label=${t('Message')}
      aria-describedby="wb-estimate"
      placeholder=${noModel ? t('Add a model to ask your first question') : t('Ask anything')}
      .value=${live(state.draft)}
      @input=${(event: Event) => {
        model.setDraft((event.target as HTMLTextAreaElement).value);
      }}
      @paste=${(event: ClipboardEvent) => {
        onPaste(view, event);
      }}
      @keydown=${(event: KeyboardEvent) => {
        const list = (event.target as Element).closest('.wb-Chat-foot')?.querySelector<WbSlash>('wb-slash');
        if (list?.onKey(event) === true) {
          return;
        }
        if (isSend(event, view.enter)) {
          event.preventDefault();
          send();
        } else if (event.key === 'Escape' && isRunning) {
          event.stopPropagation();
          void model.stop();
        }
      }}
    ></textarea>
    <div class="wb-Composer-bar">
      ${attachButton(view)} ${several(view)}
      <span class="wb-Composer-hint">
        ${isRunning
          ? t('Escape stops the answer')
          : view.enter === 'send'
            ? t('Enter sends, Shift+Enter starts a new line')
            : fill(t('%1+Enter sends, Enter starts a new line'), ACCEL)}
        <span id="wb-estimate" class="wb-Composer-estimate">
          ${estimated(state.estimates, t)}
        </span>
      </span>
      ${isRunning
        ? html`<button
            type="button"
            class="wb-Button wb-mod-primary wb-mod-round"
            aria-label=${t('Stop')}
            title=${t('Stop')}
            ?disabled=${state.stopping}
            @click=${() => {
              void model.stop();
              view.compose(state.draft);
            }}
          >
            ${icon('stop')}
          </button>`
        : html`<button
            type="submit"
            class="wb-Button wb-mod-primary wb-mod-round"
            aria-label=${t('Send')}
            title=${t('Send')}
            ?disabled=${!canSend}
          >
            ${icon('send')}
          </button>`}
    </div>
  </form>`;
}
