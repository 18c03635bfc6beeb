import type { Translate } from './translation.js';

/** Something a host can do with a block of code: put it into a notebook, run it. */
export interface CodeAction {
  readonly id: string;
  readonly label: string;
  readonly title?: string;
  run(code: string, language: string): void | Promise<void>;
}

/** The action each code block has, whatever the host. */
export const COPY = 'copy';

/**
 * Puts a bar above each code block in `content`: its language, copy, and what the host can do with it.
 *
 * Code that still grows gets no host's actions: half a program is not to be run.
 */
export function addCodeBars(
  content: DocumentFragment,
  options: {
    readonly actions: readonly CodeAction[];
    readonly open: boolean;
    readonly translate: Translate;
  }
): void {
  const { actions, open, translate } = options;
  const copy = { id: COPY, label: translate('Copy'), title: translate('Copy this code') };
  for (const pre of content.querySelectorAll('pre')) {
    const block = make('div', 'wb-Code');
    const bar = make('div', 'wb-Code-bar');
    const language = make('span', 'wb-Code-language');
    language.textContent = languageOf(pre);
    bar.append(language, ...[copy, ...(open ? [] : actions)].map(makeButton));
    pre.replaceWith(block);
    pre.tabIndex = 0;
    pre.dir = 'ltr';
    block.append(bar, pre);
  }
}

/** Lets wide tables and formulas be scrolled by keyboard and finger, apart from the text around them. */
export function addScrollers(content: DocumentFragment, translate: Translate): void {
  for (const table of content.querySelectorAll('table')) {
    const frame = make('div', 'wb-Table');
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const frame of content.querySelectorAll<HTMLElement>('.wb-Table, .wb-Math')) {
    frame.tabIndex = 0;
    frame.setAttribute('role', 'group');
    frame.setAttribute('aria-label', translate(frame.className === 'wb-Table' ? 'Table' : 'Formula'));
  }
}

/** The code and language of the block that `button` stands above, and the action it is for. */
export function pressed(button: Element): { id: string; code: string; language: string } | null {
  const id = button instanceof HTMLElement ? button.dataset['action'] : undefined;
  const code = button.closest('.wb-Code')?.querySelector('pre > code');
  if (id === undefined || code === null || code === undefined) {
    return null;
  }
  const language = languageOf(code.parentElement);
  return { id, code: code.textContent.replace(/\n$/, ''), language: language === 'text' ? '' : language };
}

function languageOf(pre: Element | null): string {
  const name = pre?.querySelector('code')?.className ?? '';
  return /language-(\S+)/.exec(name)?.[1] ?? '';
}

function makeButton(action: { id: string; label: string; title?: string }): HTMLButtonElement {
  const button = make('button', 'wb-Button');
  button.type = 'button';
  button.dataset['action'] = action.id;
  button.textContent = action.label;
  button.title = action.title ?? action.label;
  return button;
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
