/** What Enter does where a question is written: sends it, or begins a line, and Ctrl+Enter (on a Mac ⌘ Enter) sends. */
export type Enter = 'send' | 'new-line';

/** Whether `event` is the Enter that sends, and not the one that ends an input method's word. */
export function isSend(event: KeyboardEvent, enter: Enter): boolean {
  // 229: Safari sends the Enter that ends a word after the composition is over.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells
  const isComposing = event.isComposing || event.keyCode === 229;
  const hasAccel = event.ctrlKey || event.metaKey;
  const isMeant = hasAccel || (enter === 'send' && !event.shiftKey);
  return event.key === 'Enter' && isMeant && !event.altKey && !isComposing;
}

/** The key that makes a command of another, as it is written on the reader's keyboard. */
export const ACCEL = /Mac|iP(?:hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
