import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { AlertsState, NewThreshold, Threshold } from './alerts/records.js';
import type { Transport } from './chat/transport.js';

/** The way to the process that keeps everything. */
export interface IOwner {
  readonly transport: Transport;
  /** The path of an Experience's notebook, which is made, or found where it was put. Rejects with an `ApiError`. */
  notebookPath(experienceId: string): Promise<string>;
  /** Opens a locked store. Rejects with an `ApiError`. */
  unlock(passphrase: string): Promise<void>;
  readonly unlocked: ISignal<IOwner, undefined>;
}

export const IOwner = new Token<IOwner>(
  'llm-workbench:IOwner',
  "The way to the workbench's owner: its HTTP API through Jupyter's own connection."
);

export interface InsertOptions {
  /** As the fence of the code block names it; may be empty. */
  readonly language: string;
  readonly run: boolean;
}

/** The notebooks that belong to an Experience. All others are left alone. */
export interface IExperienceNotebooks {
  /** The Experience whose notebook was used last; null: none yet. */
  readonly current: string | null;
  readonly currentChanged: ISignal<IExperienceNotebooks, string | null>;
  /** Names the Experience that is worked in, where no notebook says it. */
  choose(experienceId: string): void;
  /** Opens the notebook of an Experience, or shows the one that is open. Rejects with an `ApiError`. */
  open(experienceId: string): Promise<NotebookPanel>;
  /** Puts code into the notebook of an Experience, below its active cell, as one step that can be undone. */
  insert(experienceId: string, code: string, options: InsertOptions): Promise<void>;
}

export const IExperienceNotebooks = new Token<IExperienceNotebooks>(
  'llm-workbench:IExperienceNotebooks',
  'Opens the notebooks of Experiences, says which Experience is worked in, and takes in code.'
);

/** The chat that goes with the Experience worked in. */
export interface IChatPanel {
  /** Shows the chat, beside `notebook` if the settings say so, and brings it to the front. */
  show(experienceId: string | null, notebook?: NotebookPanel): void;
  /** Shows it and puts the cursor where the next question is written. */
  focus(): void;
}

export const IChatPanel = new Token<IChatPanel>(
  'llm-workbench:IChatPanel',
  'The chat beside the notebook, which follows the Experience worked in.'
);

/** Where models take more than their thresholds allow. */
export interface IAlerts {
  readonly state: AlertsState;
  readonly changed: ISignal<unknown, AlertsState>;
  /** Reads everything again. What goes wrong is in the state. */
  refresh(): Promise<void>;
  /** Sets a threshold, or changes the one for the same measure and model. Rejects with an `ApiError`. */
  set(threshold: NewThreshold): Promise<Threshold>;
  /** Raises no alert for it any more. Rejects with an `ApiError`. */
  remove(id: string): Promise<void>;
}

export const IAlerts = new Token<IAlerts>(
  'llm-workbench:IAlerts',
  'The alerts that stand, and the thresholds that raise them.'
);
