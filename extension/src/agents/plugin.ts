import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, InputDialog, IThemeManager, Notification, showDialog, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Experience } from '../chat/records.js';
import { CommandIDs } from '../commands.js';
import { faultOf } from '../experiences/model.js';
import { reportsIcon } from '../icons.js';
import { showTab } from '../tab/show.js';
import { IExperienceNotebooks, IOwner } from '../tokens.js';
import { saveCopy } from './copies.js';
import { AgentsModel, titleOf } from './model.js';
import { AgentsPanel } from './panel.js';
import type { Agent, Run } from './records.js';
import { ReportPanel } from './report.js';

const LISTS = 'workbench-agents';
const REPORTS = 'workbench-report';

export const agents: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:agents',
  description: 'Runs agents, shows their reports, and says when they run by themselves.',
  autoStart: true,
  requires: [IOwner, IExperienceNotebooks, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette, IThemeManager],
  activate: (
    app: JupyterFrontEnd,
    owner: IOwner,
    notebooks: IExperienceNotebooks,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const language = translator.languageCode;
    const { commands, serviceManager, shell } = app;
    const lists = new WidgetTracker<AgentsPanel>({ namespace: LISTS });
    const reports = new WidgetTracker<ReportPanel>({ namespace: REPORTS });

    const save = async (run: Run): Promise<void> => {
      await saveCopy({
        owner,
        contents: serviceManager.contents,
        run,
        title: titleOf({ agents: await agentsOf(owner) }, run.agent),
        open: path => {
          void commands.execute('docmanager:open', { path });
        },
        trans
      });
    };
    const saying = (work: () => Promise<void>): void => {
      void work().catch((error: unknown) => {
        sayFailed(error, trans, () => {
          saying(work);
        });
      });
    };

    const listOf = (id: string): AgentsPanel => {
      const model = new AgentsModel(owner, id);
      const made = new AgentsPanel({
        model,
        trans,
        language,
        actions: {
          unlock: passphrase => owner.unlock(passphrase),
          open: run => {
            void commands.execute(CommandIDs.openReport, { run: run.id });
          },
          saveCopy: run => {
            saying(() => save(run));
          },
          confirmRemoval: () => confirmRemoval(trans)
        }
      });
      made.title.icon = reportsIcon;
      made.title.closable = true;
      made.title.label = trans.__('Reports');
      model.changed.connect((_, { experience }) => {
        if (experience !== null) {
          made.title.label = trans.__('%1: Reports', experience.name);
          made.title.caption = trans.__('Agents and reports of %1', experience.name);
        }
      });
      void model.refresh();
      return made;
    };

    const reportOf = (run: string): ReportPanel => {
      const made = new ReportPanel({
        owner,
        runId: run,
        showAll: ({ experience_id }) => {
          void commands.execute(CommandIDs.showAgents, { id: experience_id });
        },
        saveCopy: each => {
          saying(() => save(each));
        },
        themes,
        trans,
        language
      });
      made.title.icon = reportsIcon;
      made.title.closable = true;
      return made;
    };

    commands.addCommand(CommandIDs.showAgents, {
      label: args => (typeof args['id'] === 'string' ? trans.__('Agents and reports…') : trans.__('Agents and Reports')),
      caption: trans.__('Make a report now or on a schedule, and read those there are'),
      icon: args => (typeof args['id'] === 'string' ? undefined : reportsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            id: {
              type: 'string',
              description: trans.__('The id of an Experience; without it, the one worked in, or the one that is chosen')
            }
          }
        }
      },
      execute: async args => {
        const id = given(args, 'id') ?? notebooks.current ?? (await chosen(owner, commands, trans));
        if (id !== null) {
          await showTab(shell, lists, `${LISTS}-${id}`, () => listOf(id));
        }
      }
    });
    commands.addCommand(CommandIDs.openReport, {
      label: trans.__('Open Report'),
      caption: trans.__('Show what a run of an agent has left'),
      icon: reportsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { run: { type: 'string', description: trans.__('The id of a run') } },
          required: ['run']
        }
      },
      isEnabled: args => given(args, 'run') !== null,
      execute: async args => {
        const run = given(args, 'run');
        if (run !== null) {
          await showTab(shell, reports, `${REPORTS}-${run}`, () => reportOf(run));
        }
      }
    });
    void restorer?.restore(lists, {
      command: CommandIDs.showAgents,
      args: each => ({ id: each.id.slice(LISTS.length + 1) }),
      name: each => each.id
    });
    void restorer?.restore(reports, {
      command: CommandIDs.openReport,
      args: each => ({ run: each.id.slice(REPORTS.length + 1) }),
      name: each => each.id
    });
    palette?.addItem({ command: CommandIDs.showAgents, category: trans.__('Workbench') });
  }
};

function agentsOf(owner: IOwner): Promise<readonly Agent[]> {
  return owner.transport.request('GET', 'agents');
}

/** The id of an Experience that the reader chooses; null: none. */
async function chosen(owner: IOwner, commands: CommandRegistry, trans: TranslationBundle): Promise<string | null> {
  let active: readonly Experience[];
  try {
    active = await owner.transport.request<readonly Experience[]>('GET', 'experiences');
  } catch (error) {
    sayFailed(error, trans, () => void commands.execute(CommandIDs.showAgents));
    return null;
  }
  if (active.length === 0) {
    Notification.info(trans.__('A report is about an Experience, and there is none yet.'), {
      autoClose: false,
      actions: [{ label: trans.__('New Experience'), callback: () => void commands.execute(CommandIDs.newExperience) }]
    });
    return null;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Reports of Which Experience?'),
    items: active.map(each => each.name),
    okLabel: trans.__('Show'),
    cancelLabel: trans.__('Cancel')
  });
  return active.find(each => each.name === value)?.id ?? null;
}

async function confirmRemoval(trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Remove the Schedule?'),
    body: trans.__('Its reports stay.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Remove'), accept: true })
    ]
  });
  return button.accept;
}

function sayFailed(error: unknown, trans: TranslationBundle, again: () => void): void {
  const { message, remedy } = faultOf(error);
  Notification.error(`${message} ${remedy}`.trim(), {
    autoClose: false,
    actions: [{ label: trans.__('Try again'), callback: again }]
  });
}

function given(args: ReadonlyPartialJSONObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' ? value : null;
}
