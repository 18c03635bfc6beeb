import { Dialog, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { faultOf } from '../experiences/model.js';
import type { IOwner } from '../tokens.js';
import { type Copy, copyProblem, type CopyProblem, filesOf } from './copy.js';
import type { Executed, Report, Run } from './records.js';

const ACCEPT = 1;
const READING_MS = 6000;

export interface CopiesOptions {
  readonly owner: IOwner;
  readonly contents: Contents.IManager;
  readonly run: Run;
  /** The title of its agent. */
  readonly title: string;
  readonly open: (path: string) => void;
  readonly trans: TranslationBundle;
}

/** Asks for a name, and saves a report beside its Experience's notebook. */
export async function saveCopy(options: CopiesOptions): Promise<void> {
  const dialog = new CopyDialog(options);
  await dialog.launch();
}

class CopyDialog extends Dialog<Copy> {
  constructor(options: CopiesOptions) {
    const { title, run, trans } = options;
    const form = new CopyForm({ name: `${title} ${run.until.slice(0, 10)}`, asPage: true, asNotebook: false }, trans);
    super({
      title: trans.__('Save a Copy of the Report'),
      body: form,
      focusNodeSelector: '[name="name"]',
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Save') })]
    });
    this.#form = form;
    this.#options = options;
    this.addClass('wb-DetailsDialog');
    form.edited = () => {
      this.#replaces = '';
      this.#label(trans.__('Save'));
    };
  }

  override resolve(index: number = ACCEPT): void {
    if (index === ACCEPT) {
      void this.#save();
    } else {
      super.resolve(index);
    }
  }

  async #save(): Promise<void> {
    const { trans } = this.#options;
    if (this.#isSaving || !this.#form.check()) {
      return;
    }
    this.#isSaving = true;
    this.#label(trans.__('Saving…'));
    try {
      const files = filesOf(this.#form.getValue());
      const folder = await this.#folder();
      const there = await this.#inTheWay(folder, files);
      if (there.join('/') !== this.#replaces) {
        this.#replaces = there.join('/');
        this.#form.fail(trans.__('“%1” is there already. Choose another name, or replace it.', there.join('”, “')));
        return;
      }
      await this.#write(folder, files);
      this.#tell(folder, files);
      super.resolve(ACCEPT);
    } catch (error) {
      const { message, remedy } = faultOf(error);
      this.#form.fail(`${message} ${remedy}`.trim());
    } finally {
      this.#isSaving = false;
      this.#label(this.#replaces === '' ? trans.__('Save') : trans.__('Replace'));
    }
  }

  /** Where the notebook of the Experience lies; it is made, if it was never opened. */
  async #folder(): Promise<string> {
    const { owner, run } = this.#options;
    return PathExt.dirname(await owner.notebookPath(run.experience_id));
  }

  /** Those of the files that are there. */
  async #inTheWay(folder: string, files: readonly string[]): Promise<readonly string[]> {
    const listed = (await this.#options.contents.get(folder, { content: true })).content as Contents.IModel[];
    const names = new Set(listed.map(each => each.name));
    return files.filter(each => names.has(each));
  }

  async #write(folder: string, files: readonly string[]): Promise<void> {
    const { owner, contents, run } = this.#options;
    for (const file of files) {
      if (file.endsWith('.html')) {
        const { html } = await owner.transport.request<Report>('GET', `agents/runs/${run.id}/report`);
        await contents.save(PathExt.join(folder, file), { type: 'file', format: 'text', content: html });
      } else {
        const content = await owner.transport.request<Executed>('GET', `agents/runs/${run.id}/notebook`);
        await contents.save(PathExt.join(folder, file), { type: 'notebook', format: 'json', content });
      }
    }
  }

  #tell(folder: string, files: readonly string[]): void {
    const { open, trans } = this.#options;
    const [first] = files;
    Notification.success(trans.__('Saved “%1” in %2.', files.join('”, “'), folder), {
      autoClose: READING_MS,
      actions:
        first === undefined
          ? []
          : [
              {
                label: trans.__('Open'),
                callback: () => {
                  open(PathExt.join(folder, first));
                }
              }
            ]
    });
  }

  #label(text: string): void {
    const button = this.node.querySelector('.jp-Dialog-button.jp-mod-accept');
    button?.setAttribute('aria-label', text);
    button?.querySelector('.jp-Dialog-buttonLabel')?.replaceChildren(text);
  }

  readonly #form: CopyForm;
  readonly #options: CopiesOptions;
  /** What the reader was told would be replaced. */
  #replaces = '';
  #isSaving = false;
}

class CopyForm extends ReactWidget implements Dialog.IBodyWidget<Copy> {
  constructor(copy: Copy, trans: TranslationBundle) {
    super();
    this.#copy = copy;
    this.#trans = trans;
    this.addClass('wb-Details');
  }

  /** Called when something else is wanted. */
  edited: () => void = () => undefined;

  getValue(): Copy {
    return this.#copy;
  }

  /** Whether it can be saved; if not, it says why and puts the cursor there. */
  check(): boolean {
    this.#failure = '';
    this.#isTouched = true;
    this.update();
    const problem = copyProblem(this.#copy);
    if (problem !== null) {
      const name = problem === 'nothing' ? 'page' : 'name';
      this.node.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
    }
    return problem === null;
  }

  /** Says why it was not saved. */
  fail(why: string): void {
    this.#failure = why;
    this.update();
  }

  protected override render(): React.JSX.Element {
    const trans = this.#trans;
    const { name, asPage, asNotebook } = this.#copy;
    const problem = this.#isTouched ? copyProblem(this.#copy) : null;
    return (
      <>
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Name')}</span>
          <input
            className="wb-Field-input"
            name="name"
            value={name}
            autoComplete="off"
            aria-invalid={problem !== null && problem !== 'nothing'}
            aria-describedby="wb-copy-problem"
            onFocus={event => {
              event.target.select();
            }}
            onChange={event => {
              this.#change({ name: event.target.value });
            }}
          />
        </label>
        <p id="wb-copy-problem" className="wb-Field-problem" aria-live="polite">
          {this.#words(problem)}
        </p>
        <fieldset className="wb-Choices">
          <legend className="wb-Field-label">{trans.__('Save it as')}</legend>
          {this.#choice('page', asPage, trans.__('Web page (.html)'), trans.__('The report as it is shown here.'))}
          {this.#choice(
            'notebook',
            asNotebook,
            trans.__('Notebook (.ipynb)'),
            trans.__('With the code that made it, to work on.')
          )}
          <p className="wb-Choices-note">
            {trans.__('The copy lies beside the notebook of the Experience, and in the clear: who reads your files can read it.')}
          </p>
        </fieldset>
        <p className="wb-Field-problem" role="alert">
          {this.#failure}
        </p>
      </>
    );
  }

  #choice(name: 'page' | 'notebook', isChecked: boolean, label: string, meaning: string): React.JSX.Element {
    return (
      <label className="wb-Choices-choice">
        <input
          type="checkbox"
          name={name}
          checked={isChecked}
          onChange={event => {
            this.#change(name === 'page' ? { asPage: event.target.checked } : { asNotebook: event.target.checked });
          }}
        />
        <span>
          <strong>{label}</strong>
          <span className="wb-Choices-meaning">{meaning}</span>
        </span>
      </label>
    );
  }

  #change(change: Partial<Copy>): void {
    this.#isTouched = true;
    this.#failure = '';
    this.#copy = { ...this.#copy, ...change };
    this.edited();
    this.update();
  }

  #words(problem: CopyProblem): string | null {
    const trans = this.#trans;
    switch (problem) {
      case 'empty':
        return trans.__('Give it a name.');
      case 'long':
        return trans.__('This name is too long. A few words are enough.');
      case 'unusable':
        return trans.__('A file cannot be called so. Leave out / \\ and :, and a dot at its beginning.');
      case 'nothing':
        return trans.__('Choose a web page, a notebook, or both.');
      case null:
        return null;
    }
  }

  readonly #trans: TranslationBundle;
  #copy: Copy;
  #failure = '';
  #isTouched = false;
}
