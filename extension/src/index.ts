import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { conversations } from './conversations/plugin.js';
import { dashboards } from './dashboards/plugin.js';
import { experiences } from './experiences/plugin.js';
import { notebooks } from './notebooks/plugin.js';
import { owner } from './owner/plugin.js';
import { status } from './status/plugin.js';

const plugins: JupyterFrontEndPlugin<unknown>[] = [owner, notebooks, conversations, experiences, dashboards, status];

export default plugins;
