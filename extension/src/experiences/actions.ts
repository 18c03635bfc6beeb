import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { newId } from '../chat/ids.js';
import type { Experience } from '../chat/records.js';
import type { IChatPanel, IExperienceNotebooks } from '../tokens.js';
import { askDetails, type Field } from './details.js';
import { type Details, type ExperiencesModel, faultOf } from './model.js';

/** How long a sentence stays on the screen, over the chat's corner: to be read; and to have its button pressed. */
const READING_MS = 4000;
const UNDO_MS = 12_000;

export interface ActionsOptions {
  readonly model: ExperiencesModel;
  readonly notebooks: IExperienceNotebooks;
  readonly chat: IChatPanel;
  readonly trans: TranslationBundle;
}

/** What can be done with Experiences, with what is asked before and said after it. */
export class ExperienceActions {
  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Asks for the details, creates, says so, and opens its notebook with the chat beside it. */
  async create(details: Partial<Details>): Promise<void> {
    const { model, trans } = this.#options;
    const id = newId(); // of this dialog: pressing its button twice makes one Experience
    let made: Experience | undefined;
    if (model.state.phase !== 'ready') {
      await model.refresh();
    }
    await askDetails({
      title: trans.__('New Experience'),
      accept: trans.__('Create'),
      busy: trans.__('Creating…'),
      details,
      field: 'name',
      all: model.state.all,
      models: model.models(),
      personalities: model.personalities(),
      answering: model.defaultModel(),
      save: async wanted => {
        made = await model.create(wanted, id);
      },
      trans
    });
    if (made === undefined) {
      return;
    }
    model.show('active');
    model.search('');
    const opened = await this.open(made);
    if (opened) {
      Notification.success(
        trans.__('Experience “%1” created.', made.name),
        { autoClose: READING_MS }
      );
    }
  }

  /** Opens the notebook and shows the chat beside it, ready to be written in. False: it did not work, and was said. */
  async open(experience: Experience): Promise<boolean> {
    const { notebooks, chat, trans } = this.#options;
    try {
      const notebook = await notebooks.open(experience.id);
      chat.show(experience.id, notebook);
      chat.focus();
      return true;
    } catch (error) {
      // The chat needs no notebook.
      notebooks.choose(experience.id);
      chat.show(experience.id);
      this.#sayFailed(error, trans.__('Try again'), async () => {
        await this.open(experience);
      });
      return false;
    }
  }

  async edit(experience: Experience, field: Field): Promise<void> {
    const { model, trans } = this.#options;
    await askDetails({
      title: field === 'name' ? trans.__('Rename Experience') : trans.__('Describe Experience'),
      accept: trans.__('Save'),
      busy: trans.__('Saving…'),
      details: experience,
      field,
      all: model.state.all,
      models: model.models(),
      personalities: model.personalities(),
      answering: experience.model === null ? model.defaultModel() : Promise.resolve(experience.model),
      own: experience.id,
      save: async ({ name, description, category, privacy, fallbacks, temperature, max_output_tokens, personality }) => {
        const replies = { fallbacks, temperature, max_output_tokens, personality };
        await model.update(experience.id, { name, description, category, privacy, ...replies });
      },
      trans
    });
  }

  async archive(experience: Experience): Promise<void> {
    const { model, trans } = this.#options;
    await this.#do(() => model.archive(experience.id), {
      said: trans.__('“%1” is archived.', experience.name),
      undo: () => model.unarchive(experience.id)
    });
  }

  async unarchive(experience: Experience): Promise<void> {
    const { model, trans } = this.#options;
    await this.#do(() => model.unarchive(experience.id), {
      said: trans.__('“%1” is active again.', experience.name),
      undo: () => model.archive(experience.id)
    });
  }

  async trash(experience: Experience): Promise<void> {
    const { model, trans } = this.#options;
    await this.#do(() => model.trash(experience.id), {
      said: trans.__('“%1” is in the trash. Its notebook and files stay where they are.', experience.name),
      undo: () => model.restore(experience.id)
    });
  }

  async restore(experience: Experience): Promise<void> {
    const { model, trans } = this.#options;
    await this.#do(() => model.restore(experience.id), {
      said: trans.__('“%1” is back from the trash.', experience.name),
      undo: () => model.trash(experience.id)
    });
  }

  /** Does something that can be undone, and offers that; a failure is said with the way to try again. */
  async #do(
    work: () => Promise<Experience>,
    after: { readonly said: string; readonly undo: () => Promise<Experience> }
  ): Promise<void> {
    const { trans } = this.#options;
    try {
      await work();
    } catch (error) {
      this.#sayFailed(error, trans.__('Try again'), () => this.#do(work, after));
      return;
    }
    Notification.success(after.said, {
      autoClose: UNDO_MS,
      actions: [
        {
          label: trans.__('Undo'),
          callback: () => {
            void after.undo().catch((error: unknown) => {
              this.#sayFailed(error, trans.__('Try again'), async () => {
                await after.undo();
              });
            });
          }
        }
      ]
    });
  }

  #sayFailed(error: unknown, label: string, again: () => Promise<void>): void {
    const { message, remedy } = faultOf(error);
    Notification.error(`${message} ${remedy}`.trim(), {
      autoClose: false,
      actions: [
        {
          label,
          callback: () => {
            void again();
          }
        }
      ]
    });
  }

  readonly #options: ActionsOptions;
}
