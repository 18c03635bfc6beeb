import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { faultOf } from '../experiences/model.js';
import { personalitiesIcon } from '../icons.js';
import { confirmLeaving } from '../tab/leaving.js';
import { showTab } from '../tab/show.js';
import { IExperienceNotebooks, IOwner } from '../tokens.js';
import { choosePersonality } from './choose.js';
import { PersonalitiesModel } from './model.js';
import { PersonalitiesPanel } from './panel.js';

const ID = 'workbench-personalities';

export const personalities: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:personalities',
  description: 'Says how replies are to sound: makes personalities, tries them, and uses them in Experiences.',
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
    const tracker = new WidgetTracker<PersonalitiesPanel>({ namespace: ID });
    const tab = (): PersonalitiesPanel => {
      const model = new PersonalitiesModel(owner);
      const made = new PersonalitiesPanel({
        personalities: model,
        unlock: passphrase => owner.unlock(passphrase),
        confirmLeaving: name =>
          confirmLeaving(
            name === ''
              ? trans.__('The new personality is not saved yet.')
              : trans.__('The changes to %1 are not saved yet.', name),
            trans
          ),
        trans,
        language: translator.languageCode
      });
      made.title.icon = personalitiesIcon;
      made.title.closable = true;
      made.title.label = trans.__('Personalities');
      made.title.caption = trans.__('How replies are to sound');
      void model.refresh();
      return made;
    };
    commands.addCommand(CommandIDs.openPersonalities, {
      label: trans.__('Personalities'),
      caption: trans.__('Say how replies are to sound, and try it'),
      icon: personalitiesIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await showTab(shell, tracker, ID, tab);
      }
    });
    commands.addCommand(CommandIDs.choosePersonality, {
      label: trans.__('Choose Personality'),
      caption: trans.__('Choose how the replies of an Experience, or of one of its conversations, are to sound'),
      icon: personalitiesIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            experience: { type: ['string', 'null'], description: trans.__('The id of an Experience') },
            conversation: { type: ['string', 'null'], description: trans.__('The id of one of its conversations') }
          }
        }
      },
      isEnabled: args => typeof args['experience'] === 'string' || notebooks.current !== null,
      execute: async args => {
        const experience = typeof args['experience'] === 'string' ? args['experience'] : notebooks.current;
        if (experience === null) {
          return;
        }
        try {
          await choosePersonality({
            transport: owner.transport,
            experience,
            conversation: typeof args['conversation'] === 'string' ? args['conversation'] : null,
            edit: () => void commands.execute(CommandIDs.openPersonalities),
            trans
          });
        } catch (error) {
          const { message, remedy } = faultOf(error);
          Notification.error(`${message} ${remedy}`);
        }
      }
    });
    void restorer?.restore(tracker, { command: CommandIDs.openPersonalities, name: () => ID });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openPersonalities, category, rank: 4 });
    palette?.addItem({ command: CommandIDs.openPersonalities, category });
    palette?.addItem({ command: CommandIDs.choosePersonality, category });
  }
};
