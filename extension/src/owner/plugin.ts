import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { IOwner } from '../tokens.js';
import { LabOwner } from './door.js';

export const owner: JupyterFrontEndPlugin<IOwner> = {
  id: 'llm-workbench:owner',
  description: "Reaches the workbench's owner through Jupyter's server.",
  autoStart: true,
  provides: IOwner,
  activate: (app: JupyterFrontEnd): IOwner => new LabOwner(app.serviceManager.serverSettings)
};
