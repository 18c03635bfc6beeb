import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { trialsIcon } from '../icons.js';
import { showTab } from '../tab/show.js';
import { IOwner } from '../tokens.js';
import { TrialsModel } from './model.js';
import { TrialsPanel } from './panel.js';
import type { Trial } from './records.js';

const ID = 'workbench-trials';

export const trials: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:trials',
  description: 'Tries configurations on the same cases, has them rated blindly, and shows which is better.',
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
    const { commands, serviceManager, shell } = app;
    const tracker = new WidgetTracker<TrialsPanel>({ namespace: ID });
    const tab = (): TrialsPanel => {
      const model = new TrialsModel(owner);
      const made = new TrialsPanel({
        trials: model,
        unlock: passphrase => owner.unlock(passphrase),
        save: async (trial: Trial) => {
          const content = await model.notebook(trial.id);
          const { contents } = serviceManager;
          const { path } = await contents.newUntitled({ type: 'notebook' });
          await contents.save(path, { type: 'notebook', format: 'json', content });
          await commands.execute('docmanager:open', { path });
        },
        confirmRemoval: trial => confirmRemoval(trial, trans),
        trans
      });
      made.title.icon = trialsIcon;
      made.title.closable = true;
      made.title.label = trans.__('Trials');
      made.title.caption = trans.__('Which configuration answers better');
      void model.refresh();
      return made;
    };
    commands.addCommand(CommandIDs.openTrials, {
      label: trans.__('Trials'),
      caption: trans.__('Try models, personalities and instructions on the same questions'),
      icon: trialsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await showTab(shell, tracker, ID, tab);
      }
    });
    void restorer?.restore(tracker, { command: CommandIDs.openTrials, name: () => ID });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openTrials, category, rank: 6 });
    palette?.addItem({ command: CommandIDs.openTrials, category });
  }
};

async function confirmRemoval({ name }: Trial, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Delete the Trial?'),
    body: trans.__('%1 goes, with its replies and ratings. What it cost stays in your history.', name),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Delete'), accept: true })
    ]
  });
  return button.accept;
}
