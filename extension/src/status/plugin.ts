import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { IAlerts, IOwner } from '../tokens.js';
import { StatusItem } from './item.js';
import { StatusModel } from './model.js';

export const status: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:status',
  description: 'Says in the status bar which model answers, or what is in the way, and how many alerts stand.',
  autoStart: true,
  requires: [IOwner, IAlerts, IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    alerts: IAlerts,
    bar: IStatusBar,
    translator: ITranslator
  ): void => {
    const trans = translator.load('llm-workbench');
    const model = new StatusModel(owner);
    const item = new StatusItem({
      model,
      alerts,
      trans,
      onClick: () => {
        const isWanting = model.standing.kind === 'no-model';
        void app.commands.execute(isWanting ? CommandIDs.openModels : CommandIDs.showExperiences);
      },
      onAlerts: () => void app.commands.execute(CommandIDs.showAlerts)
    });
    bar.registerStatusItem('llm-workbench:status', { item, align: 'right', rank: 50 });
    void app.restored.then(() => model.refresh());
  }
};
