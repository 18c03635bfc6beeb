import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';

import type { Experience } from '../chat/records.js';
import { CommandIDs } from '../commands.js';
import { workbenchIcon } from '../icons.js';
import { IChatPanel, IExperienceNotebooks, IOwner } from '../tokens.js';
import { ExperienceActions } from './actions.js';
import { type Details, ExperiencesModel } from './model.js';
import { ExperiencesPanel } from './panel.js';

const PLUGIN = 'llm-workbench:experiences';

export const experiences: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'The list of Experiences, and everything that can be done with one.',
  autoStart: true,
  requires: [IOwner, IExperienceNotebooks, IChatPanel, ITranslator],
  optional: [ILayoutRestorer, ISettingRegistry, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    notebooks: IExperienceNotebooks,
    chat: IChatPanel,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const { commands, shell } = app;
    const model = new ExperiencesModel(owner);
    const actions = new ExperienceActions({ model, notebooks, chat, trans });
    addCommands(app, { model, actions, trans, current: () => notebooks.current });

    const run = (command: string, experience: Experience): void => {
      void commands.execute(command, { id: experience.id });
    };
    const panel = new ExperiencesPanel({
      model,
      trans,
      language: translator.languageCode,
      current: () => notebooks.current,
      actions: {
        create: () => {
          void commands.execute(CommandIDs.newExperience);
        },
        dashboards: () => {
          void commands.execute(CommandIDs.openDashboards);
        },
        models: () => {
          void commands.execute(CommandIDs.openModels);
        },
        personalities: () => {
          void commands.execute(CommandIDs.openPersonalities);
        },
        prompts: () => {
          void commands.execute(CommandIDs.openPrompts);
        },
        rules: () => {
          void commands.execute(CommandIDs.openRules);
        },
        trials: () => {
          void commands.execute(CommandIDs.openTrials);
        },
        open: experience => {
          run(CommandIDs.openExperience, experience);
        },
        rename: experience => {
          run(CommandIDs.renameExperience, experience);
        },
        trash: experience => {
          run(CommandIDs.trashExperience, experience);
        },
        restore: experience => {
          run(CommandIDs.restoreExperience, experience);
        },
        menu: (experience, { x, y }, done) => {
          const menu = menuOf(app, experience);
          menu.aboutToClose.connect(() => {
            requestAnimationFrame(() => {
              done();
              menu.dispose();
            });
          });
          menu.open(x, y);
        }
      }
    });
    panel.id = 'workbench-experiences';
    panel.title.icon = workbenchIcon;
    panel.title.caption = trans.__('Workbench: your Experiences');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Workbench'));
    notebooks.currentChanged.connect(() => {
      panel.update();
    });
    shell.add(panel, 'left', { rank: 150, type: 'Workbench' });
    restorer?.add(panel, panel.id);
    void settings?.load(PLUGIN).then(loaded => {
      const place = (): void => {
        const side = loaded.get('side').composite === 'right' ? 'right' : 'left';
        if (![...shell.widgets(side)].includes(panel)) {
          shell.add(panel, side, { rank: 150, type: 'Workbench' });
        }
      };
      place();
      loaded.changed.connect(place);
    });
    commands.addCommand(CommandIDs.showExperiences, {
      label: trans.__('Show Experiences'),
      caption: trans.__('Show the list of your Experiences'),
      icon: workbenchIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell.activateById(panel.id);
      }
    });

    const category = trans.__('Workbench');
    for (const command of [
      CommandIDs.newExperience,
      CommandIDs.showExperiences,
      CommandIDs.renameExperience,
      CommandIDs.describeExperience,
      CommandIDs.archiveExperience,
      CommandIDs.unarchiveExperience,
      CommandIDs.trashExperience,
      CommandIDs.restoreExperience
    ]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: CommandIDs.newExperience, category, rank: 0 });
    launcher?.add({ command: CommandIDs.showChat, category, rank: 1 });
    void app.restored.then(() => model.refresh());
  }
};

const OF_ONE = {
  type: 'object',
  properties: { id: { type: 'string', description: 'The id of an Experience; without it, the one worked in' } }
} as const;

function addCommands(
  app: JupyterFrontEnd,
  options: {
    readonly model: ExperiencesModel;
    readonly actions: ExperienceActions;
    readonly trans: TranslationBundle;
    readonly current: () => string | null;
  }
): void {
  const { commands } = app;
  const { model, actions, trans, current } = options;
  const wanted = (args: ReadonlyPartialJSONObject): Experience | undefined => {
    const id = args['id'] ?? current();
    return typeof id === 'string' ? model.get(id) : undefined;
  };
  const inState = (...states: Experience['state'][]) => {
    return (args: ReadonlyPartialJSONObject): boolean => {
      const state = wanted(args)?.state;
      return state !== undefined && states.includes(state);
    };
  };
  const onOne = (work: (experience: Experience) => Promise<unknown>) => {
    return async (args: ReadonlyPartialJSONObject): Promise<void> => {
      const experience = wanted(args);
      if (experience !== undefined) {
        await work(experience);
      }
    };
  };

  commands.addCommand(CommandIDs.newExperience, {
    label: trans.__('New Experience'),
    caption: trans.__('Begin a workspace for a topic: a chat with its notebook'),
    icon: workbenchIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          name: { type: 'string', description: trans.__('What the dialog proposes as its name') },
          description: { type: 'string' },
          category: { type: 'string' },
          privacy: { type: 'string', enum: ['private', 'public'] }
        }
      }
    },
    execute: args => actions.create(proposed(args))
  });
  commands.addCommand(CommandIDs.openExperience, {
    label: trans.__('Open'),
    caption: trans.__('Open its notebook with the chat beside it'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('active', 'archived'),
    execute: onOne(experience => actions.open(experience))
  });
  commands.addCommand(CommandIDs.renameExperience, {
    label: trans.__('Rename Experience…'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('active', 'archived'),
    execute: onOne(experience => actions.edit(experience, 'name'))
  });
  commands.addCommand(CommandIDs.describeExperience, {
    label: trans.__('Describe Experience…'),
    caption: trans.__('Change its description, category and privacy'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('active', 'archived'),
    execute: onOne(experience => actions.edit(experience, 'description'))
  });
  commands.addCommand(CommandIDs.archiveExperience, {
    label: trans.__('Archive Experience'),
    caption: trans.__('Put it out of the way; nothing else changes'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('active'),
    isVisible: inState('active'),
    execute: onOne(experience => actions.archive(experience))
  });
  commands.addCommand(CommandIDs.unarchiveExperience, {
    label: trans.__('Unarchive Experience'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('archived'),
    isVisible: inState('archived'),
    execute: onOne(experience => actions.unarchive(experience))
  });
  commands.addCommand(CommandIDs.trashExperience, {
    label: trans.__('Move Experience to Trash'),
    caption: trans.__('It can be restored; its notebook and files stay where they are'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('active', 'archived'),
    isVisible: inState('active', 'archived'),
    execute: onOne(experience => actions.trash(experience))
  });
  commands.addCommand(CommandIDs.restoreExperience, {
    label: trans.__('Restore Experience'),
    describedBy: { args: OF_ONE },
    isEnabled: inState('trashed'),
    isVisible: inState('trashed'),
    execute: onOne(experience => actions.restore(experience))
  });
  model.changed.connect(() => {
    commands.notifyCommandChanged();
  });
}

function menuOf(app: JupyterFrontEnd, { id, state }: Experience): Menu {
  const menu = new Menu({ commands: app.commands });
  const add = (...wanted: string[]): void => {
    for (const command of wanted) {
      menu.addItem({ command, args: { id } });
    }
  };
  if (state === 'trashed') {
    add(CommandIDs.restoreExperience);
    return menu;
  }
  add(CommandIDs.openExperience, CommandIDs.showAgents);
  menu.addItem({ type: 'separator' });
  add(CommandIDs.renameExperience, CommandIDs.describeExperience);
  menu.addItem({ type: 'separator' });
  add(CommandIDs.archiveExperience, CommandIDs.unarchiveExperience, CommandIDs.trashExperience);
  return menu;
}

function proposed(args: ReadonlyPartialJSONObject): Partial<Details> {
  const text = (key: string): string => (typeof args[key] === 'string' ? args[key] : '');
  return {
    name: text('name'),
    description: text('description'),
    category: text('category'),
    privacy: args['privacy'] === 'public' ? 'public' : 'private'
  };
}
