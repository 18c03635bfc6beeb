import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import type { Model } from './records.js';
import type { Translate } from './translation.js';
import type { View } from './view.js';

/** Models as entries of a menu, each with where it runs; those that cannot be asked say why. */
export function modelEntries(
  { state, t }: View,
  models: readonly Model[],
  role: 'menuitem' | 'menuitemradio',
  choose: (model: Model) => void
): unknown {
  return repeat(
    models,
    each => each.id,
    (each): TemplateResult =>
      html`<button
        type="button"
        class="wb-Menu-item"
        role=${role}
        tabindex="-1"
        aria-checked=${role === 'menuitem' ? nothing : each.id === state.answering?.id}
        aria-disabled=${!each.available}
        title=${each.name}
        @click=${() => {
          if (each.available) {
            choose(each);
          }
        }}
      >
        <span class="wb-Menu-label">${each.name}</span>
        <span class="wb-Menu-detail">${where(each, state.defaultModel, t)}</span>
      </button>`
  );
}

/** Who serves a model, or why it cannot be asked. */
export function where(model: Model, defaultModel: Model | null, t: Translate): string {
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
