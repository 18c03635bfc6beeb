import { html, nothing, type TemplateResult } from 'lit';

import { icon } from './icons.js';
import { isSend } from './keys.js';
import type { Message } from './records.js';
import type { View } from './view.js';

/** What the owner takes. */
const LONGEST_NOTE = 2000;

/** Two thumbs for a reply that has ended; pressed again, one is taken back. `of` tells replies side by side apart. */
export function thumbs(view: View, reply: Message, of = ''): TemplateResult | typeof nothing {
  const { model, t } = view;
  const thumb = (rating: 'up' | 'down', name: 'good' | 'bad', label: string): TemplateResult => {
    const isGiven = reply.rating === rating;
    const give = async (): Promise<void> => {
      const { rating_note } = reply;
      if (await model.rate(reply.id, isGiven ? null : { rating })) {
        const taken = rating_note === '' ? t('Taken back.') : t('Taken back, and the note with it; a thumb brings it back.');
        view.say(isGiven ? taken : `${label}. ${t('You can add a note.')}`);
      }
    };
    return html`<button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-icon"
      aria-label=${label + of}
      title=${label}
      aria-pressed=${isGiven}
      @click=${give}
    >
      ${icon(name)}
    </button>`;
  };
  return reply.text === ''
    ? nothing
    : html`${thumb('up', 'good', t('Good reply'))}${thumb('down', 'bad', t('Bad reply'))}`;
}

/** The note beside a thumb: kept with Enter, and when it is left. */
export function note(view: View, reply: Message, of = ''): TemplateResult | typeof nothing {
  const { model, t } = view;
  const keep = async ({ target }: Event): Promise<void> => {
    const text = (target as HTMLTextAreaElement).value.trim();
    if (text !== reply.rating_note && (await model.rate(reply.id, { note: text }))) {
      view.say(t('Note kept.'));
    }
  };
  return reply.rating === null
    ? nothing
    : html`<textarea
        class="wb-Note"
        dir="auto"
        rows="1"
        maxlength=${LONGEST_NOTE}
        aria-label=${t('Note') + of}
        placeholder=${t('Add a note')}
        .value=${reply.rating_note}
        @change=${keep}
        @keydown=${(event: KeyboardEvent) => {
          if (isSend(event, 'send')) {
            event.preventDefault();
            void keep(event);
          }
        }}
      ></textarea>`;
}
