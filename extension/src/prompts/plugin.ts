import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { promptsIcon } from '../icons.js';
import { confirmLeaving } from '../tab/leaving.js';
import { showTab } from '../tab/show.js';
import { IExperienceNotebooks, IOwner } from '../tokens.js';
import { PromptsModel } from './model.js';
import { PromptsPanel } from './panel.js';

const ID = 'workbench-prompts';

export const prompts: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:prompts',
  description: 'Keeps a library of prompts: finds them, changes them, fills them in, and uses them as system prompts.',
  autoStart: true,
  requires: [IOwner, IExperienceNotebooks, ITranslator],
  optional: [ILayoutRestorer, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    notebooks: IExperienceNotebooks,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const { commands, shell } = app;
    const tracker = new WidgetTracker<PromptsPanel>({ namespace: ID });
    const tab = (): PromptsPanel => {
      const model = new PromptsModel(owner);
      const made = new PromptsPanel({
        prompts: model,
        current: () => notebooks.current,
        unlock: passphrase => owner.unlock(passphrase),
        confirmLeaving: title =>
          confirmLeaving(
            title === ''
              ? trans.__('The new prompt is not saved yet.')
              : trans.__('The changes to %1 are not saved yet.', title),
            trans
          ),
        trans,
        language: translator.languageCode
      });
      made.title.icon = promptsIcon;
      made.title.closable = true;
      made.title.label = trans.__('Prompts');
      made.title.caption = trans.__('The library of prompts');
      void model.refresh();
      return made;
    };
    commands.addCommand(CommandIDs.openPrompts, {
      label: trans.__('Prompts'),
      caption: trans.__('Write prompts with variables, fill them in, and use them as system prompts'),
      icon: promptsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await showTab(shell, tracker, ID, tab);
      }
    });
    void restorer?.restore(tracker, { command: CommandIDs.openPrompts, name: () => ID });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openPrompts, category, rank: 5 });
    palette?.addItem({ command: CommandIDs.openPrompts, category });
  }
};
