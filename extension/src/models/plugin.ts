import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';

import { BudgetsModel } from '../budgets/model.js';
import type { Model } from '../chat/records.js';
import { CommandIDs } from '../commands.js';
import { modelsIcon } from '../icons.js';
import { showTab } from '../tab/show.js';
import { IAlerts, IOwner } from '../tokens.js';
import { ModelsModel } from './model.js';
import { ModelsPanel } from './panel.js';
import type { Provider } from './providers.js';

const ID = 'workbench-models';

export const models: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:models',
  description: 'Shows the models that are set up, adds and removes them, and says which one is the default.',
  autoStart: true,
  requires: [IOwner, IAlerts, ITranslator],
  optional: [ILayoutRestorer, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    alerts: IAlerts,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const { commands, shell } = app;
    const tracker = new WidgetTracker<ModelsPanel>({ namespace: ID });

    const tab = (): ModelsPanel => {
      const model = new ModelsModel(owner);
      const budgets = new BudgetsModel(owner);
      const made = new ModelsPanel({
        model,
        alerts,
        budgets,
        trans,
        language: translator.languageCode,
        actions: {
          unlock: passphrase => owner.unlock(passphrase),
          confirmRemoval: each => confirmRemoval(each, trans),
          confirmProviderRemoval: (each, models) => confirmProviderRemoval(each, models, trans)
        }
      });
      made.title.icon = modelsIcon;
      made.title.closable = true;
      made.title.label = trans.__('Models');
      made.title.caption = trans.__('The models that can be asked');
      made.disposed.connect(() => {
        budgets.dispose();
      });
      void model.refresh();
      void budgets.refresh();
      void model.look().catch(() => undefined); // looking again says what is wrong
      return made;
    };

    commands.addCommand(CommandIDs.openModels, {
      label: trans.__('Models'),
      caption: trans.__('Add models, remove them, and choose the default'),
      icon: modelsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            section: { type: 'string', enum: ['alerts', 'budgets'], description: trans.__('The part of the tab to go to') }
          }
        }
      },
      execute: async args => {
        const widget = await showTab(shell, tracker, ID, tab);
        if (args['section'] === 'alerts' || args['section'] === 'budgets') {
          widget.goTo(`#wb-${args['section']}`);
        }
      }
    });
    commands.addCommand(CommandIDs.showBudgets, {
      label: trans.__('Budgets'),
      caption: trans.__('See how much is spent, and set what models may cost'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => commands.execute(CommandIDs.openModels, { section: 'budgets' })
    });
    void restorer?.restore(tracker, { command: CommandIDs.openModels, name: () => ID });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openModels, category, rank: 3 });
    palette?.addItem({ command: CommandIDs.openModels, category });
    palette?.addItem({ command: CommandIDs.showBudgets, category });
  }
};

async function confirmRemoval(model: Model, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Remove %1?', model.id),
    body: removalWords(model, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Remove'), accept: true })
    ]
  });
  return button.accept;
}

async function confirmProviderRemoval(provider: Provider, models: number, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Remove the provider %1?', provider.name),
    body: trans.__('Its key, its headers and its models (%1) go with it. Replies keep the names of the models.', String(models)),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Remove'), accept: true })
    ]
  });
  return button.accept;
}

function removalWords(model: Model, trans: TranslationBundle): string {
  const replies = trans.__('The replies it gave keep its name.');
  if (model.demo) {
    return `${replies} ${trans.__('Its file is deleted; it can be fetched again.')}`;
  }
  if (model.kind === 'local') {
    return `${replies} ${trans.__('Its file stays where it is.')}`;
  }
  return `${replies} ${trans.__('The provider %1 stays, with its key.', model.provider)}`;
}
