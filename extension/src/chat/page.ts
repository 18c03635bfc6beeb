/** What a page without JupyterLab loads: it knows `<wb-chat>` afterwards. */
import { defineChat } from './element.js';

defineChat();

export * from './index.js';
export { showInCell } from '../widget/cell.js';
