import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Experience, Fault, Model } from '../chat/records.js';
import {
  categories,
  type Details,
  faultOf,
  LONGEST_CATEGORY,
  LONGEST_DESCRIPTION,
  nameProblem
} from './model.js';
import type { Personality } from '../personalities/records.js';
import { Replies } from './replies.js';

export type Field = 'name' | 'description';

const EMPTY: Details = {
  name: '',
  description: '',
  category: '',
  privacy: 'private',
  fallbacks: [],
  temperature: null,
  max_output_tokens: null,
  personality: null
};
const ACCEPT = 1;

export interface DetailsOptions {
  readonly title: string;
  /** What the button says that saves. */
  readonly accept: string;
  /** What it says while that lasts. */
  readonly busy: string;
  readonly details: Partial<Details>;
  /** Where the cursor is at first. */
  readonly field: Field;
  /** All there are, to know names and categories in use. */
  readonly all: readonly Experience[];
  /** The models there are. */
  readonly models: Promise<readonly Model[]>;
  /** The personalities there are. */
  readonly personalities: Promise<readonly Personality[]>;
  /** The id of the one that answers; null: there is none. */
  readonly answering: Promise<string | null>;
  /** The id of the one that is edited. */
  readonly own?: string;
  /** Saves; what it rejects with is said in the dialog, which stays open. */
  readonly save: (details: Details) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** Asks for name, description, category, privacy and how replies are asked for. True: they were saved. */
export async function askDetails(options: DetailsOptions): Promise<boolean> {
  const dialog = new DetailsDialog(options);
  const result = await dialog.launch();
  return result.button.accept;
}

/** A dialog that closes when what it holds is saved. */
class DetailsDialog extends Dialog<Details> {
  constructor(options: DetailsOptions) {
    const { title, accept, field, trans } = options;
    const form = new DetailsForm(options);
    super({
      title,
      body: form,
      focusNodeSelector: `[name="${field}"]`,
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: accept })]
    });
    this.#form = form;
    this.#options = options;
    this.addClass('wb-DetailsDialog');
  }

  override resolve(index: number = ACCEPT): void {
    if (index === ACCEPT) {
      void this.#save();
    } else {
      super.resolve(index);
    }
  }

  async #save(): Promise<void> {
    if (this.#isSaving || !this.#form.check()) {
      return;
    }
    this.#isSaving = true;
    this.#say(this.#options.busy);
    try {
      await this.#options.save(this.#form.getValue());
      super.resolve(ACCEPT);
    } catch (error) {
      this.#form.fail(faultOf(error));
    } finally {
      this.#isSaving = false;
      this.#say(this.#options.accept);
    }
  }

  #say(label: string): void {
    const button = this.node.querySelector('.jp-Dialog-button.jp-mod-accept .jp-Dialog-buttonLabel');
    if (button !== null) {
      button.textContent = label;
    }
  }

  readonly #form: DetailsForm;
  readonly #options: DetailsOptions;
  #isSaving = false;
}

class DetailsForm extends ReactWidget implements Dialog.IBodyWidget<Details> {
  constructor(options: DetailsOptions) {
    super();
    this.#options = options;
    this.#details = { ...EMPTY, ...options.details };
    this.addClass('wb-Details');
    void options.models.then(models => {
      this.#models = models;
      this.update();
    });
    void options.personalities.then(personalities => {
      this.#personalities = personalities;
      this.update();
    });
    void options.answering.then(id => {
      this.#answering = id;
      this.update();
    });
  }

  getValue(): Details {
    return this.#details;
  }

  /** Whether it can be saved; if not, it says why and puts the cursor there. */
  check(): boolean {
    this.#isTouched = true;
    this.#fault = null;
    this.update();
    const isFine = this.#nameProblem() === null;
    if (!isFine) {
      this.node.querySelector<HTMLElement>('[name="name"]')?.focus();
    }
    return isFine;
  }

  /** Says why it could not be saved. */
  fail(fault: Fault): void {
    this.#fault = fault;
    this.update();
  }

  protected override render(): React.JSX.Element {
    const { trans, all } = this.#options;
    const { name, description, category, privacy } = this.#details;
    const problem = this.#isTouched ? this.#nameProblem() : null;
    return (
      <>
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Name')}</span>
          <input
            className="wb-Field-input"
            name="name"
            value={name}
            autoComplete="off"
            placeholder={trans.__('Physics')}
            aria-required
            aria-invalid={problem !== null}
            aria-describedby="wb-details-name-problem"
            onFocus={event => {
              event.target.select();
            }}
            onChange={event => {
              this.#change({ name: event.target.value });
            }}
          />
        </label>
        <p id="wb-details-name-problem" className="wb-Field-problem" aria-live="polite">
          {problem}
        </p>
        <label className="wb-Field">
          <span className="wb-Field-label">
            {trans.__('Description')} <small>{trans.__('optional')}</small>
          </span>
          <textarea
            className="wb-Field-input"
            name="description"
            rows={3}
            maxLength={LONGEST_DESCRIPTION}
            value={description}
            placeholder={trans.__('What it is for')}
            onChange={event => {
              this.#change({ description: event.target.value });
            }}
          />
        </label>
        <label className="wb-Field">
          <span className="wb-Field-label">
            {trans.__('Category')} <small>{trans.__('optional')}</small>
          </span>
          <input
            className="wb-Field-input"
            name="category"
            value={category}
            maxLength={LONGEST_CATEGORY}
            list="wb-details-categories"
            autoComplete="off"
            placeholder={trans.__('Study, Work, Home …')}
            onChange={event => {
              this.#change({ category: event.target.value });
            }}
          />
          <datalist id="wb-details-categories">
            {categories(all).map(each => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </label>
        <fieldset className="wb-Choices">
          <legend className="wb-Field-label">{trans.__('Privacy')}</legend>
          {this.#choice(
            'private',
            trans.__('Private'),
            trans.__('Your other Experiences and their agents never see it, and it is never published.')
          )}
          {this.#choice(
            'public',
            trans.__('Public'),
            trans.__('Your other Experiences may use it; where the workbench is hosted, others find it.')
          )}
          <p className="wb-Choices-note">
            {privacy === 'private'
              ? trans.__('You find everything in it by search either way, and can change this at any time.')
              : trans.__('Nothing is published from this computer. You can change this at any time.')}
          </p>
        </fieldset>
        <Replies
          settings={this.#details}
          models={this.#models}
          personalities={this.#personalities}
          answering={this.#answering}
          onChange={change => {
            this.#change(change);
          }}
          trans={trans}
        />
        <p className="wb-Field-problem" role="alert">
          {this.#fault !== null && `${this.#fault.message} ${this.#fault.remedy}`}
        </p>
      </>
    );
  }

  #choice(value: Experience['privacy'], label: string, meaning: string): React.JSX.Element {
    return (
      <label className="wb-Choices-choice">
        <input
          type="radio"
          name="privacy"
          value={value}
          checked={this.#details.privacy === value}
          onChange={() => {
            this.#change({ privacy: value });
          }}
        />
        <span>
          <strong>{label}</strong>
          <span className="wb-Choices-meaning">{meaning}</span>
        </span>
      </label>
    );
  }

  #change(change: Partial<Details>): void {
    this.#isTouched ||= change.name !== undefined;
    this.#fault = null;
    this.#details = { ...this.#details, ...change };
    this.update();
  }

  #nameProblem(): string | null {
    const { trans, all, own } = this.#options;
    switch (nameProblem(this.#details.name, all, own)) {
      case 'empty':
        return trans.__('Give it a name: a word or two.');
      case 'long':
        return trans.__('This name is too long. Longer text has its place in the description.');
      case 'taken':
        return trans.__('There is an Experience with this name. Choose another one.');
      default:
        return null;
    }
  }

  readonly #options: DetailsOptions;
  #details: Details;
  #models: readonly Model[] = [];
  #personalities: readonly Personality[] = [];
  #answering: string | null = null;
  #isTouched = false;
  #fault: Fault | null = null;
}
