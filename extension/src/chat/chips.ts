import { html, nothing, type TemplateResult } from 'lit';

import { sized, sizeOf } from './attaching.js';
import { icon } from './icons.js';
import { fill } from './translation.js';
import type { View } from './view.js';

/** What goes with the next question, each with its size and a way to take it out. */
export function chips(view: View): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const { given } = state;
  if (given.length === 0) {
    return nothing;
  }
  const asked = state.several.length > 1 ? state.several : [state.answering];
  const untold = (kind: 'picture' | 'pdf', ability: 'sees' | 'pdf', words: string): string => {
    const without = asked.filter(each => each !== null && each[ability] !== true).map(each => each?.name);
    return without.length > 0 && given.some(each => each.kind === kind) ? fill(words, without.join(', ')) : '';
  };
  return html`<ul class="wb-Chips" aria-label=${t('Goes with the question')}>
      ${given.map(
        (each, at) =>
          html`<li class="wb-Chip">
            <bdi class="wb-Button-label" title=${each.name}>${each.name}</bdi> ${sized(sizeOf(each))}
            <button
              type="button"
              class="wb-Button wb-mod-quiet wb-mod-icon"
              aria-label=${fill(t('Remove %1'), each.name)}
              @click=${() => {
                model.detach(at);
                view.say(fill(t('%1 was removed.'), each.name));
                view.compose(state.draft);
              }}
            >
              ${icon('close')}
            </button>
          </li>`
      )}
    </ul>
    <p class="wb-Chips-note" role="status">
      ${untold('picture', 'sees', t('%1: not shown pictures, only told of them.'))}
      ${untold('pdf', 'pdf', t('%1: not shown PDFs, only told of them.'))}
    </p>`;
}

/** The button that opens the system's choice of files. */
export function attachButton(view: View): TemplateResult {
  const label = view.t('Attach files');
  return html`<button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-icon"
      aria-label=${label}
      title=${label}
      @click=${(event: Event) => {
        ((event.currentTarget as Element).nextElementSibling as HTMLInputElement).click();
      }}
    >
      ${icon('attach')}
    </button>
    <input
      type="file"
      multiple
      hidden
      aria-label=${label}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        void attach(view, [...(input.files ?? [])]);
        input.value = '';
      }}
    />`;
}

/** Takes files in, and says which. */
export async function attach(view: View, files: readonly File[]): Promise<void> {
  const names = await view.model.attach(files);
  if (names.length > 0) {
    view.say(fill(view.t('Attached: %1'), names.join(', ')));
  }
  view.compose(view.model.state.draft);
}

/** Takes in files that are pasted; where there is text as well, that is what is meant. */
export function onPaste(view: View, event: ClipboardEvent): void {
  const { clipboardData: pasted } = event;
  if (pasted !== null && pasted.files.length > 0 && !pasted.types.includes('text/plain')) {
    event.preventDefault();
    void attach(view, [...pasted.files]);
  }
}

/** Takes in files that are dropped anywhere on the chat. */
export function onDrag(view: View, event: DragEvent): void {
  const { dataTransfer: dragged, type } = event;
  const chat = event.currentTarget as Element;
  if (dragged?.types.includes('Files') === true) {
    event.preventDefault();
    event.stopPropagation();
    chat.toggleAttribute('data-dropping', type === 'dragover');
    if (type === 'drop') {
      void attach(view, [...dragged.files]);
    }
  }
}
