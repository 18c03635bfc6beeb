import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';

import { sized } from './attaching.js';
import type { Attachment, Message } from './records.js';
import type { ShownMessage } from './state.js';
import { toFault } from './transport.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** What a page may show as a picture, whatever comes. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
/** How what is written of a table begins. */
const SHAPE = /^\d[\d,]*(?: rows?)?(?: × \d[\d,]*(?: columns?)?)+/;

/** What was given with a question, folded away below it: all of it as text, and pictures once they are looked for. */
export function given(view: View, { message, delivery }: ShownMessage): unknown {
  const { attachments } = message;
  if (attachments.length === 0) {
    return nothing;
  }
  const { t } = view;
  // Alternatives take one place: the pictures of one question are not to be shown with another.
  return keyed(message.id, html`<details
    class="wb-Given"
    @toggle=${(event: Event) => {
      void showPictures(view, message, event.target as HTMLDetailsElement);
    }}
  >
    <summary>${t('Given:')} ${attachments.map((each, at) => [at === 0 ? '' : ', ', named(each, t)])}</summary>
    ${attachments.map((each, at) => part(each, delivery === 'saved' ? at : null, t))}
  </details>`);
}

function named({ name, kind, text, size_bytes }: Attachment, t: Translate): TemplateResult {
  const word = { table: t('table'), picture: t('picture'), pdf: 'PDF', text: t('text'), value: t('value') }[kind];
  const shape =
    kind === 'table'
      ? SHAPE.exec(text)?.[0].replace(/ (row|column)s?/g, '')
      : kind === 'pdf'
        ? sized(size_bytes)
        : undefined;
  return html`<bdi>${name}</bdi> (${shape === undefined ? word : `${word}, ${shape}`})`;
}

/** One of them; `at` is its place in the owner's keeping. */
function part(attachment: Attachment, at: number | null, t: Translate): TemplateResult {
  const { name, kind, text } = attachment;
  const isPicture = kind === 'picture' && at !== null;
  return html`<p class="wb-Given-name">${named(attachment, t)}</p>
    ${isPicture
      ? html`<img class="wb-Given-picture" data-at=${at} alt=${name} hidden />
          <p class="wb-Given-status" role="status"></p>`
      : nothing}
    ${text === ''
      ? nothing
      : html`<pre
          class="wb-Given-text wb-mod-${kind}"
          dir="auto"
          tabindex="0"
          role="group"
          aria-label=${name}
        >${text}</pre>`}`;
}

/** Fetches the pictures that are not there yet; where one cannot be had, says why. */
async function showPictures(view: View, message: Message, details: HTMLDetailsElement): Promise<void> {
  const pictures = details.open ? details.querySelectorAll<HTMLImageElement>('img[hidden]') : [];
  for (const picture of pictures) {
    const status = picture.nextElementSibling as HTMLElement;
    try {
      const { media_type, data } = await view.model.attachment(message.id, Number(picture.dataset['at']));
      if (PICTURES.test(media_type)) {
        picture.src = `data:${media_type};base64,${data}`;
        picture.hidden = false;
      }
      status.textContent = '';
    } catch (error) {
      const { message: words, remedy } = toFault(error);
      status.textContent = fill('%1 %2', view.t(words), view.t(remedy));
    }
  }
}
