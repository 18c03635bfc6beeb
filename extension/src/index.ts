import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { agents } from './agents/plugin.js';
import { alerts } from './alerts/plugin.js';
import { conversations } from './conversations/plugin.js';
import { dashboards } from './dashboards/plugin.js';
import { experiences } from './experiences/plugin.js';
import { models } from './models/plugin.js';
import { notebooks } from './notebooks/plugin.js';
import { owner } from './owner/plugin.js';
import { personalities } from './personalities/plugin.js';
import { prompts } from './prompts/plugin.js';
import { rules } from './rules/plugin.js';
import { status } from './status/plugin.js';
import { trials } from './trials/plugin.js';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  owner,
  notebooks,
  conversations,
  experiences,
  agents,
  alerts,
  models,
  personalities,
  prompts,
  trials,
  rules,
  dashboards,
  status
];

export default plugins;
