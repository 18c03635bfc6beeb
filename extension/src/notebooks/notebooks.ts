import type { JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { DockLayout } from '@lumino/widgets';

import { ApiError } from '../chat/transport.js';
import type { IExperienceNotebooks, InsertOptions, IOwner } from '../tokens.js';
import { cellOf } from './cells.js';
import { experienceOf } from './metadata.js';

export interface NotebooksOptions {
  readonly owner: IOwner;
  readonly commands: CommandRegistry;
  readonly shell: JupyterFrontEnd.IShell | LabShell;
  readonly tracker: INotebookTracker;
  readonly dialogs: ISessionContextDialogs;
  readonly translator: ITranslator;
}

/** The open notebooks that say they belong to an Experience; others are looked at once, for that, and left alone. */
export class ExperienceNotebooks implements IExperienceNotebooks, IDisposable {
  constructor(options: NotebooksOptions) {
    this.#options = options;
    options.tracker.currentChanged.connect(this.#onCurrentChanged, this);
  }

  get current(): string | null {
    return this.#current;
  }

  get currentChanged(): ISignal<this, string | null> {
    return this.#currentChanged;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    this.#disposed = true;
    Signal.clearData(this);
  }

  choose(experienceId: string): void {
    if (experienceId !== this.#current) {
      this.#current = experienceId;
      this.#currentChanged.emit(experienceId);
    }
  }

  async open(experienceId: string): Promise<NotebookPanel> {
    const { owner, commands, shell } = this.#options;
    this.choose(experienceId); // at once: what is written while the notebook opens is meant for this Experience
    const shownAlready = this.#find(experienceId);
    if (shownAlready !== undefined) {
      shell.activateById(shownAlready.id);
      return shownAlready;
    }
    const path = await owner.notebookPath(experienceId);
    const panel = (await commands.execute('docmanager:open', {
      path,
      factory: 'Notebook',
      options: this.#place()
    })) as NotebookPanel | undefined;
    if (panel === undefined) {
      throw new ApiError({
        code: 'notebook',
        message: `The notebook “${path}” could not be opened.`,
        remedy: 'Close it elsewhere, or look at it in the file browser.'
      });
    }
    await panel.context.ready;
    await panel.revealed;
    return panel;
  }

  async insert(experienceId: string, code: string, options: InsertOptions): Promise<void> {
    const panel = this.#find(experienceId) ?? (await this.open(experienceId));
    const { content: notebook, sessionContext } = panel;
    const model = notebook.model;
    if (model === null || model.readOnly) {
      throw new ApiError({
        code: 'notebook_read_only',
        message: `The notebook “${panel.context.path}” cannot be written.`,
        remedy: 'Copy the code, or make the file writable.'
      });
    }
    const cell = cellOf(code, options.language);
    const active = notebook.activeCell?.model;
    const replaces = active?.type === 'code' && active.sharedModel.getSource().trim() === '';
    const index = replaces ? notebook.activeCellIndex : notebook.activeCellIndex + 1;
    model.sharedModel.transact(() => {
      if (replaces) {
        model.sharedModel.deleteCell(index);
      }
      model.sharedModel.insertCell(index, { ...cell, metadata: {} });
    });
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    const shown = notebook.widgets[index];
    if (shown !== undefined) {
      await notebook.scrollToCell(shown);
    }
    if (options.run || cell.cell_type === 'markdown') {
      const { dialogs, translator } = this.#options;
      await NotebookActions.run(notebook, sessionContext, dialogs, translator);
    }
  }

  /** The open notebook of an Experience, the one used last if there are copies. */
  #find(experienceId: string): NotebookPanel | undefined {
    const { tracker } = this.#options;
    const isIts = (panel: NotebookPanel): boolean => experienceOf(panel.model) === experienceId;
    const { currentWidget } = tracker;
    return currentWidget !== null && isIts(currentWidget) ? currentWidget : tracker.find(isIts);
  }

  /** Beside the chat, never over it: among the notebooks, else to the left of the chat. */
  #place(): { mode: DockLayout.InsertMode; ref: string } | undefined {
    const { shell, tracker } = this.#options;
    const notebook = tracker.currentWidget;
    if (notebook?.isAttached === true) {
      return { mode: 'tab-after', ref: notebook.id };
    }
    const main = [...shell.widgets('main')];
    const chat = main.find(each => each.hasClass('wb-ChatPanel'));
    return main.length === 1 && chat !== undefined ? { mode: 'split-left', ref: chat.id } : undefined;
  }

  #onCurrentChanged(_: INotebookTracker, panel: NotebookPanel | null): void {
    if (panel === null) {
      return;
    }
    void panel.context.ready.then(() => {
      const experienceId = experienceOf(panel.model);
      if (experienceId !== null && this.#options.tracker.currentWidget === panel) {
        this.choose(experienceId);
      }
    });
  }

  readonly #options: NotebooksOptions;
  readonly #currentChanged = new Signal<this, string | null>(this);
  #current: string | null = null;
  #disposed = false;
}
