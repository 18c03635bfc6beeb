import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IFrame, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands.js';
import { dashboardsIcon } from '../icons.js';

const ID = 'workbench-dashboards';
const PAGES = ['usage', 'models', 'chat'] as const;

/** Shows the hosted pages, which Jupyter's own server passes on, in a tab. */
export const dashboards: JupyterFrontEndPlugin<void> = {
  id: 'llm-workbench:dashboards',
  description: 'Opens the hosted pages, Usage, Models and Chat, in a tab.',
  autoStart: true,
  requires: [ITranslator],
  optional: [ILayoutRestorer, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('llm-workbench');
    const { commands, serviceManager, shell } = app;
    const tracker = new WidgetTracker<MainAreaWidget<IFrame>>({ namespace: ID });
    const root = URLExt.join(serviceManager.serverSettings.baseUrl, 'workbench/dashboards');
    commands.addCommand(CommandIDs.openDashboards, {
      label: trans.__('Open Dashboards'),
      caption: trans.__('Show what you used and what it cost, as charts and tables'),
      icon: dashboardsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            page: {
              type: 'string',
              enum: [...PAGES],
              description: trans.__('Which page to show (default: what was shown, at first usage)')
            }
          }
        }
      },
      execute: async args => {
        const page = PAGES.find(each => each === args['page']);
        let widget = tracker.find(each => each.id === ID);
        if (widget === undefined) {
          widget = tab(trans);
          await tracker.add(widget);
        }
        if (page !== undefined || widget.content.url === '') {
          widget.content.url = URLExt.join(root, page ?? PAGES[0]);
        }
        if (!widget.isAttached) {
          shell.add(widget, 'main');
        }
        shell.activateById(ID);
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.openDashboards,
      name: () => ID
    });
    const category = trans.__('Workbench');
    launcher?.add({ command: CommandIDs.openDashboards, category, rank: 2 });
    palette?.addItem({ command: CommandIDs.openDashboards, category });
  }
};

/**
 * A frame for the pages. They are this server's own, so each may be what such a page is; it may not take JupyterLab's
 * place in the window, and opens no dialogs of the browser's.
 */
function tab(trans: TranslationBundle): MainAreaWidget<IFrame> {
  const content = new IFrame({
    sandbox: ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-downloads', 'allow-popups'],
    referrerPolicy: 'no-referrer'
  });
  const title = trans.__('Dashboards');
  content.node.querySelector('iframe')?.setAttribute('title', title);
  const widget = new MainAreaWidget({ content });
  widget.id = ID;
  widget.title.label = title;
  widget.title.icon = dashboardsIcon;
  widget.title.closable = true;
  return widget;
}
