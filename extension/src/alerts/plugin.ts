import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { IAlerts, IOwner } from '../tokens.js';
import { AlertsModel } from './model.js';
import { AlertNews } from './news.js';
import { Told } from './told.js';
import { newsWords } from './words.js';

export const alerts: JupyterFrontEndPlugin<IAlerts> = {
  id: 'llm-workbench:alerts',
  description: 'Tells where models take more than their thresholds allow.',
  autoStart: true,
  provides: IAlerts,
  requires: [IOwner, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    translator: ITranslator,
    palette: ICommandPalette | null
  ): IAlerts => {
    const trans = translator.load('llm-workbench');
    const { commands } = app;
    const model = new AlertsModel(owner);
    new AlertNews({
      alerts: model,
      told: new Told(),
      teller: {
        show: alerts =>
          Notification.warning(newsWords(alerts, trans), {
            autoClose: false,
            actions: [{ label: trans.__('Show Alerts'), callback: () => void commands.execute(CommandIDs.showAlerts) }]
          }),
        dismiss: id => {
          Notification.dismiss(id);
        }
      }
    });
    commands.addCommand(CommandIDs.showAlerts, {
      label: trans.__('Alerts and Thresholds'),
      caption: trans.__('See where models take more than you allow, and set what you allow'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => commands.execute(CommandIDs.openModels, { section: 'alerts' })
    });
    palette?.addItem({ command: CommandIDs.showAlerts, category: trans.__('Workbench') });
    void app.restored.then(() => model.refresh());
    return model;
  }
};
