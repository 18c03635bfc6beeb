import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';

import { IExperienceNotebooks, IOwner } from '../tokens.js';
import { ExperienceNotebooks } from './notebooks.js';

export const notebooks: JupyterFrontEndPlugin<IExperienceNotebooks> = {
  id: 'llm-workbench:notebooks',
  description: 'Opens the notebooks of Experiences and follows which one is worked in.',
  autoStart: true,
  requires: [IOwner, INotebookTracker, ISessionContextDialogs, ITranslator],
  provides: IExperienceNotebooks,
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    tracker: INotebookTracker,
    dialogs: ISessionContextDialogs,
    translator: ITranslator
  ): IExperienceNotebooks =>
    new ExperienceNotebooks({ owner, tracker, dialogs, translator, commands: app.commands, shell: app.shell })
};
