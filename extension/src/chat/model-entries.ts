import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { named, place } from './model-words.js';
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
        <span class="wb-Menu-label">${nameHere(each, state.models, t)}</span>
        <span class="wb-Menu-detail">${where(each, state.defaultModel, t)}</span>
      </button>`
  );
}

/** The name of a model beside `where`, which says whose it is of those that can be asked. */
export function nameHere(model: Model, models: readonly Model[], t: Translate): string {
  return model.available ? model.name : named(model, models, t);
}

/** Who serves a model, or why it cannot be asked. */
export function where(model: Model, defaultModel: Model | null, t: Translate): string {
  if (!model.available) {
    return model.unavailable_reason || t('Not available');
  }
  const words = [
    model.demo ? t('Demo') : '',
    place(model.provider, t),
    model.id === defaultModel?.id ? t('Default') : ''
  ];
  return words.filter(word => word !== '').join(' · ');
}
