import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { rulesIcon } from '../icons.js';
import { showTab } from '../tab/show.js';
import { IOwner } from '../tokens.js';
import { RulesModel } from './model.js';
import { RulesPanel } from './panel.js';

const ID = 'workbench-rules';

export const rules: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:rules',
  description: 'Shows the rules for what is sent to models and comes back from them, and what they have found.',
  autoStart: true,
  requires: [IOwner, ITranslator],
  optional: [ILayoutRestorer, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const tracker = new WidgetTracker<RulesPanel>({ namespace: ID });
    const tab = (): RulesPanel => {
      const model = new RulesModel(owner);
      const made = new RulesPanel({
        model,
        unlock: passphrase => owner.unlock(passphrase),
        trans,
        language: translator.languageCode
      });
      made.title.icon = rulesIcon;
      made.title.closable = true;
      made.title.label = trans.__('Rules');
      made.title.caption = trans.__('What may be sent to models and come back from them');
      void model.refresh();
      return made;
    };
    app.commands.addCommand(CommandIDs.openRules, {
      label: trans.__('Rules'),
      caption: trans.__('Say what may be sent to models and come back from them'),
      icon: rulesIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await showTab(app.shell, tracker, ID, tab);
      }
    });
    void restorer?.restore(tracker, { command: CommandIDs.openRules, name: () => ID });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openRules, category, rank: 5 });
    palette?.addItem({ command: CommandIDs.openRules, category });
  }
};
