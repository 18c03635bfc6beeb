import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import type { CodeAction, Enter } from '../chat/index.js';
import { CommandIDs } from '../commands.js';
import { chatIcon } from '../icons.js';
import { IChatPanel, IExperienceNotebooks, IOwner } from '../tokens.js';
import { OpensBeside } from './beside.js';
import { ChatPanel } from './panel.js';

const PLUGIN = 'llm-workbench:chat';

export const conversations: JupyterFrontEndPlugin<IChatPanel> = {
  id: PLUGIN,
  description: 'The chat beside the notebook, which follows the Experience worked in.',
  autoStart: true,
  requires: [IOwner, IExperienceNotebooks, ITranslator],
  optional: [ILayoutRestorer, ISettingRegistry, ICommandPalette],
  provides: IChatPanel,
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    notebooks: IExperienceNotebooks,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null
  ): IChatPanel => {
    const trans = translator.load('llm-workbench');
    const gettext = trans.gettext.bind(trans);
    const { commands, shell } = app;
    const tracker = new WidgetTracker<ChatPanel>({ namespace: 'workbench-chat' });
    const isChat = (widget: Widget): boolean => widget instanceof ChatPanel;
    const beside = new OpensBeside({ shell, restored: app.restored, isChat });
    let loaded: ISettingRegistry.ISettings | null = null;
    const enter = (): Enter => (loaded?.get('enter').composite === 'new-line' ? 'new-line' : 'send');
    void settings?.load(PLUGIN).then(found => {
      loaded = found;
      const apply = (): void => {
        tracker.forEach(chat => {
          chat.enter = enter();
        });
      };
      apply();
      found.changed.connect(apply);
    });

    const codeActions = (experience: () => string | null): readonly CodeAction[] => {
      const insert = async (code: string, language: string, run: boolean): Promise<void> => {
        const id = experience();
        if (id !== null) {
          await notebooks.insert(id, code, { language, run });
        }
      };
      return [
        {
          id: 'insert',
          label: trans.__('Insert as cell'),
          title: trans.__('Put this below the active cell of the notebook'),
          run: (code, language) => insert(code, language, false)
        },
        {
          id: 'insert-run',
          label: trans.__('Insert and run'),
          title: trans.__('Put this below the active cell of the notebook and run it'),
          run: (code, language) => insert(code, language, true)
        }
      ];
    };

    /** The one chat there is; made if it has been closed. */
    const panel = (): ChatPanel => {
      const known = tracker.currentWidget ?? tracker.find(() => true);
      if (known !== undefined) {
        return known;
      }
      const made = new ChatPanel({
        owner,
        load: () => import('../chat/index.js'),
        codeActions,
        create: () => {
          void commands.execute(CommandIDs.newExperience);
        },
        models: () => {
          void commands.execute(CommandIDs.openModels);
        },
        personality: ({ experience, conversation }) => {
          void commands.execute(CommandIDs.choosePersonality, { experience, conversation });
        },
        trans,
        // The component's sentences stand as literals in its own files; it fills their places itself.
        translate: text => gettext(text, '%1', '%2', '%3')
      });
      made.id = 'workbench-chat';
      made.enter = enter();
      made.placeChanged.connect(() => {
        void tracker.save(made);
        commands.notifyCommandChanged(CommandIDs.renameConversation);
      });
      made.follow(notebooks.current);
      void tracker.add(made);
      return made;
    };

    const show = (experienceId: string | null, notebook?: NotebookPanel): ChatPanel => {
      const chat = panel();
      if (experienceId !== null) {
        chat.follow(experienceId);
      }
      if (!chat.isAttached) {
        if (loaded?.get('placement').composite !== 'right') {
          const options = notebook === undefined ? {} : { ref: notebook.id };
          shell.add(chat, 'main', { mode: 'split-right', activate: false, ...options });
          beside.watch(chat);
        } else {
          shell.add(chat, 'right', { rank: 100 });
        }
      }
      return chat;
    };

    notebooks.currentChanged.connect((_, experienceId) => {
      tracker.forEach(chat => {
        chat.follow(experienceId);
      });
    });

    commands.addCommand(CommandIDs.showChat, {
      label: trans.__('Show Workbench Chat'),
      caption: trans.__('Show the chat and write the next question'),
      icon: chatIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            experience: { type: 'string', description: trans.__('The id of an Experience') },
            conversation: { type: 'string', description: trans.__('The id of one of its conversations') },
            activate: { type: 'boolean', description: trans.__('Whether the chat takes the focus (default: true)') }
          }
        }
      },
      execute: args => {
        const chat = panel();
        const experience = textOf(args['experience']);
        if (experience !== null) {
          chat.follow(experience, textOf(args['conversation']));
          notebooks.choose(experience);
        }
        show(null);
        if (args['activate'] !== false) {
          shell.activateById(chat.id);
        }
      }
    });
    commands.addCommand(CommandIDs.newConversation, {
      label: trans.__('New Conversation'),
      caption: trans.__('Begin a new conversation in the Experience that is shown'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const chat = show(null);
        shell.activateById(chat.id);
        chat.newConversation();
      }
    });
    commands.addCommand(CommandIDs.renameConversation, {
      label: trans.__('Rename Conversation…'),
      caption: trans.__('Give the conversation that is shown another title'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => (tracker.find(() => true)?.place.conversation ?? null) !== null,
      execute: () => {
        const chat = show(null);
        shell.activateById(chat.id);
        chat.renameConversation();
      }
    });
    for (const command of [CommandIDs.showChat, CommandIDs.newConversation, CommandIDs.renameConversation]) {
      palette?.addItem({ command, category: trans.__('Workbench') });
    }
    void restorer?.restore(tracker, {
      command: CommandIDs.showChat,
      name: () => 'chat',
      args: chat => ({ ...chat.place, activate: false })
    });

    return {
      show: (experienceId, notebook) => {
        const chat = show(experienceId, notebook);
        if (!chat.isVisible) {
          shell.activateById(chat.id);
        }
      },
      focus: () => {
        shell.activateById(show(null).id);
      }
    };
  }
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
