import type { CSSResult } from 'lit';

import { CIRCUMSTANCES } from './circumstances.js';
import { COLUMNS } from './columns.js';
import { COMPOSER } from './composer.js';
import { CONTROLS } from './controls.js';
import { FRAME } from './frame.js';
import { MARKDOWN } from './markdown.js';
import { MESSAGES } from './messages.js';
import { MOTION } from './motion.js';

/** The chat's style sheet. Later parts win over earlier ones. */
export const STYLES: CSSResult[] = [
  FRAME,
  CONTROLS,
  COMPOSER,
  MESSAGES,
  COLUMNS,
  MARKDOWN,
  MOTION,
  CIRCUMSTANCES
];
