import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { icon } from './icons.js';
import { menu } from './menu.js';
import { author, body, figures, nameOf, sentence } from './message.js';
import { modelEntries } from './model-entries.js';
import { named, place, providerOf } from './model-words.js';
import { note, thumbs } from './rating.js';
import type { Message } from './records.js';
import { fill, type Translate } from './translation.js';
import type { View } from './view.js';

/** Models that can be asked at once, at most. */
const MOST = 6;

/** The replies of several models to one question, side by side. */
export function columns(view: View): TemplateResult {
  const { state, t } = view;
  const replies = state.columns;
  return html`<section class="wb-Message wb-Comparison wb-mod-last" aria-label=${t('Answers side by side')}>
    <div
      class="wb-Columns"
      role="group"
      tabindex="0"
      aria-label=${fill(t('%1 answers; arrow keys lead from one to the next'), replies.length)}
      @keydown=${(event: KeyboardEvent) => {
        step(view, event);
      }}
    >
      ${repeat(
        replies,
        each => each.model,
        (each, at) => column(view, each, fill(t('%1 of %2'), at + 1, replies.length))
      )}
    </div>
    ${merging(view)}
  </section>`;
}

function column(view: View, reply: Message, place: string): TemplateResult {
  const { model, t } = view;
  const isRunning = reply.status === 'running';
  const name = nameOf(reply, t);
  const ended = sentence(reply, t);
  const of = `: ${inWords(reply, t)}`;
  const act = isRunning ? t('Stop') : t('Try again');
  return html`<article class="wb-Column" aria-busy=${isRunning}>
    <h3 class="wb-Message-author">${author(reply, t)} <span class="wb-Column-place">${place}</span></h3>
    ${body(view, reply)}
    ${ended === null
      ? nothing
      : html`<div class="wb-Notice wb-mod-${reply.status === 'stopped' ? 'plain' : 'danger'}">${ended}</div>`}
    <div class="wb-Row wb-Column-foot">
      <span class="wb-Message-figures">${figures(reply, t)}</span>
      <button
        type="button"
        class="wb-Button"
        aria-label=${act + of}
        @click=${() => {
          if (isRunning) {
            void model.stop(reply.id);
          } else {
            void model.retry(reply.id, { id: reply.model ?? '', name });
          }
        }}
      >
        ${act}
      </button>
      ${isRunning || ended === null || reply.text === ''
        ? nothing
        : html`<button
            type="button"
            class="wb-Button"
            aria-label=${t('Continue') + of}
            @click=${() => {
              void model.resume(reply.id);
            }}
          >
            ${t('Continue')}
          </button>`}
      ${isRunning || reply.text === ''
        ? nothing
        : html`<button
            type="button"
            class="wb-Button"
            aria-label=${t('Keep this one') + of}
            @click=${() => {
              view.proceed();
              void model.keep(reply.id);
            }}
          >
            ${t('Keep this one')}
          </button>`}
      ${isRunning ? nothing : thumbs(view, reply, of)}
    </div>
    ${isRunning ? nothing : note(view, reply, of)}
  </article>`;
}

function inWords(reply: Message, t: Translate): string {
  const name = nameOf(reply, t);
  return [name, providerOf(reply, name, t)].filter(Boolean).join(' · ');
}

/** The way to one reply that a model makes of all, once they are there. */
function merging(view: View): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const { columns: replies } = state;
  const isOpen = view.menu === 'merge';
  if (
    replies.some(each => each.status === 'running') ||
    replies.filter(each => each.text !== '').length < 2
  ) {
    return nothing;
  }
  return html`<div class="wb-Row wb-Merging">
    <button
      type="button"
      class="wb-Button wb-mod-opens"
      data-menu="merge"
      aria-haspopup="menu"
      aria-expanded=${isOpen}
      @click=${() => {
        view.setMenu(isOpen ? null : 'merge');
      }}
    >
      ${t('Merge with…')} ${icon('open')}
    </button>
    ${isOpen
      ? menu(
          t('Merge with…'),
          'start',
          focus => { view.setMenu(null, focus); },
          modelEntries(view, state.models.filter(each => each.available), 'menuitem', each => {
            view.setMenu(null);
            view.proceed();
            void model.combine(each);
          })
        )
      : nothing}
  </div>`;
}

/** Leads with the arrow keys from one column to the next. */
function step(view: View, event: KeyboardEvent): void {
  const { currentTarget: group, key } = event;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (by === undefined || event.target !== group || !(group instanceof HTMLElement)) {
    return;
  }
  event.preventDefault();
  const all = [...group.children];
  const left = group.getBoundingClientRect().left;
  const distances = all.map(each => Math.abs(each.getBoundingClientRect().left - left));
  const at = distances.indexOf(Math.min(...distances)) + by;
  const to = all[at];
  const reply = view.state.columns[at];
  if (to !== undefined && reply !== undefined) {
    to.scrollIntoView({ inline: 'start', block: 'nearest' });
    view.say(`${fill(view.t('%1 of %2'), at + 1, all.length)}: ${inWords(reply, view.t)}`);
  }
}

/** The choice of the models that the next question goes to. */
export function several(view: View): TemplateResult | typeof nothing {
  const { model, state, t } = view;
  const { several: chosen } = state;
  const able = state.models.filter(each => each.available);
  if (able.length < 2) {
    return nothing;
  }
  const isOpen = view.menu === 'several';
  const label = t('Ask several models');
  return html`<button
      type="button"
      class="wb-Button wb-mod-quiet wb-mod-opens"
      data-menu="several"
      aria-haspopup="menu"
      aria-expanded=${isOpen}
      aria-label=${chosen.length > 1 ? `${label}: ${chosen.map(each => named(each, able, t)).join(', ')}` : label}
      title=${label}
      @click=${() => {
        if (chosen.length === 0 && state.answering?.available === true) {
          model.chooseSeveral([state.answering]);
        }
        view.setMenu(isOpen ? null : 'several');
      }}
    >
      ${icon('several')}${chosen.length > 1 ? fill(t('%1 models'), chosen.length) : nothing}
    </button>
    ${isOpen
      ? menu(label, 'start', focus => { view.setMenu(null, focus); },
          repeat(able, each => each.id, each => {
            const isChosen = chosen.some(one => one.id === each.id);
            const isFull = !isChosen && chosen.length >= MOST;
            return html`<button
              type="button"
              class="wb-Menu-item"
              role="menuitemcheckbox"
              tabindex="-1"
              aria-checked=${isChosen}
              aria-disabled=${isFull}
              title=${each.id}
              @click=${() => {
                if (isFull) {
                  view.say(fill(t('At most %1 models can be asked at once.'), MOST));
                } else {
                  model.chooseSeveral(
                    isChosen ? chosen.filter(one => one.id !== each.id) : [...chosen, each]
                  );
                }
              }}
            >
              <span class="wb-Menu-label">${each.name}</span>
              <span class="wb-Menu-detail">${place(each.provider, t)} ${isChosen ? '✓' : ''}</span>
            </button>`;
          })
        )
      : nothing}`;
}
