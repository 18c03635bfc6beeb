import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Conversation, ConversationTree, Experience } from '../chat/records.js';
import { ApiError, type Transport } from '../chat/transport.js';
import type { Personality } from './records.js';

/** In a conversation: not even what its Experience has. */
const NONE = 'none';

interface Read {
  readonly personalities: readonly Personality[];
  readonly experience: Experience;
  /** Null: its first question is not sent yet. */
  readonly conversation: Conversation | null;
}

interface Choice {
  /** An id, or empty: none. */
  readonly inExperience: string;
  /** An id, `none`, or empty: as in the Experience. */
  readonly inConversation: string;
}

export interface ChooseOptions {
  readonly transport: Transport;
  readonly experience: string;
  readonly conversation: string | null;
  /** Shows the tab in which personalities are made. */
  readonly edit: () => void;
  readonly trans: TranslationBundle;
}

/** Asks which personality shapes an Experience's replies, and those of one of its conversations. Rejects with an `ApiError`. */
export async function choosePersonality(options: ChooseOptions): Promise<void> {
  const { transport, trans } = options;
  const read = await look(options);
  const body = new Choices(read, trans);
  const dialog = new Dialog({
    title: trans.__('Personality'),
    body,
    buttons: [
      Dialog.createButton({ label: trans.__('Edit personalities…'), actions: ['edit'], className: 'wb-mod-edit' }),
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Use it') })
    ]
  });
  const { button, value } = await dialog.launch();
  if (button.actions.includes('edit')) {
    options.edit();
    return;
  }
  if (!button.accept || value === null) {
    return;
  }
  const { experience, conversation } = read;
  const shaping = value.inExperience || null;
  if (shaping !== experience.personality) {
    await transport.request('PATCH', `experiences/${experience.id}`, { personality: shaping });
  }
  const own = value.inConversation || null;
  if (conversation !== null && own !== conversation.personality) {
    await transport.request('PATCH', `conversations/${conversation.id}`, { personality: own });
  }
}

async function look({ transport, experience, conversation }: ChooseOptions): Promise<Read> {
  const [personalities, found, tree] = await Promise.all([
    transport.request<readonly Personality[]>('GET', 'personalities'),
    transport.request<Experience>('GET', `experiences/${experience}`),
    conversation === null ? null : existing(transport, conversation)
  ]);
  return { personalities, experience: found, conversation: tree };
}

/** Null: the owner does not have it yet. */
async function existing(transport: Transport, id: string): Promise<Conversation | null> {
  try {
    return (await transport.request<ConversationTree>('GET', `conversations/${id}`)).conversation;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') {
      return null;
    }
    throw error;
  }
}

class Choices extends ReactWidget implements Dialog.IBodyWidget<Choice> {
  constructor(read: Read, trans: TranslationBundle) {
    super();
    this.#read = read;
    this.#trans = trans;
    this.#choice = {
      inExperience: read.experience.personality ?? '',
      inConversation: read.conversation?.personality ?? ''
    };
    this.addClass('wb-Details');
  }

  getValue(): Choice {
    return this.#choice;
  }

  protected override render(): React.JSX.Element {
    const { personalities, experience, conversation } = this.#read;
    const trans = this.#trans;
    const entries = personalities.map(each => (
      <option key={each.id} value={each.id}>
        {each.name}
      </option>
    ));
    return (
      <>
        {personalities.length === 0 && (
          <p>{trans.__('There is no personality yet. “Edit personalities…” has those that are shipped.')}</p>
        )}
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('In %1', experience.name)}</span>
          <select
            className="wb-Field-input"
            value={this.#choice.inExperience}
            onChange={event => {
              this.#set({ inExperience: event.target.value });
            }}
          >
            <option value="">{trans.__('None')}</option>
            {entries}
          </select>
        </label>
        <label className="wb-Field">
          <span className="wb-Field-label">
            {trans.__('In this conversation')}{' '}
            {conversation === null && <small>{trans.__('once its first question is sent')}</small>}
          </span>
          <select
            className="wb-Field-input"
            value={this.#choice.inConversation}
            disabled={conversation === null}
            onChange={event => {
              this.#set({ inConversation: event.target.value });
            }}
          >
            <option value="">{trans.__('As in %1', experience.name)}</option>
            <option value={NONE}>{trans.__('None')}</option>
            {entries}
          </select>
        </label>
      </>
    );
  }

  #set(change: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.update();
  }

  readonly #read: Read;
  readonly #trans: TranslationBundle;
  #choice: Choice;
}
