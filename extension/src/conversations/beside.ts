import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type Message, MessageLoop } from '@lumino/messaging';
import { DockPanel, TabBar, Widget } from '@lumino/widgets';

export interface OpensBesideOptions {
  readonly shell: JupyterFrontEnd.IShell;
  /** Settles when the layout of last time stands. */
  readonly restored: Promise<unknown>;
  readonly isChat: (widget: Widget) => boolean;
}

/**
 * Keeps the chat in sight. JupyterLab opens things as tabs over what was used last; if that is the chat, alone in its
 * place, they go where else one worked last.
 *
 * Whoever put other tabs to the chat, or asks for one with its own “+”, gets them there.
 */
export class OpensBeside {
  constructor(options: OpensBesideOptions) {
    this.#options = options;
    options.shell.currentChanged?.connect((_, { newValue }) => {
      if (newValue !== null && !options.isChat(newValue)) {
        this.#last = newValue;
      }
    });
  }

  /** Watches the place of `chat`. */
  watch(chat: Widget): void {
    const { parent } = chat;
    if (parent instanceof DockPanel) {
      void this.#options.restored.then(() => {
        MessageLoop.installMessageHook(parent, this.#onMessage);
        parent.addRequested.connect(this.#onAddRequested, this);
      });
    }
  }

  #onAddRequested(_: DockPanel, bar: TabBar<Widget>): void {
    this.#wanted = bar;
    setTimeout(() => {
      this.#wanted = null;
    });
  }

  readonly #onMessage = (dock: unknown, message: Message): boolean => {
    if (dock instanceof DockPanel && message instanceof Widget.ChildMessage && message.type === 'child-added') {
      const { child } = message;
      if (!(child instanceof TabBar)) {
        this.#onAdded(dock, child);
      }
    }
    return true;
  };

  /** A widget is about to be put somewhere. */
  #onAdded(dock: DockPanel, widget: Widget): void {
    const chat = this.#options.shell.currentWidget;
    if (chat === null || !this.#options.isChat(chat) || dock.mode !== 'multiple-document') {
      return;
    }
    const bar = barOf(dock, chat);
    if (bar?.titles.length === 1) {
      queueMicrotask(() => {
        if (bar === barOf(dock, widget) && bar !== this.#wanted) {
          this.#move(dock, widget, chat);
        }
      });
    }
  }

  #move(dock: DockPanel, widget: Widget, chat: Widget): void {
    const bar = barOf(dock, chat);
    const isShown = bar?.currentTitle === widget.title;
    const others = [...dock.tabBars()].filter(each => each !== bar);
    const last = this.#last;
    const ref =
      last !== null && others.some(each => each.titles.includes(last.title))
        ? last
        : others[0]?.currentTitle?.owner;
    dock.addWidget(
      widget,
      ref === undefined ? { mode: 'split-left', ref: chat } : { mode: 'tab-after', ref }
    );
    if (isShown) {
      dock.activateWidget(widget);
    }
  }

  readonly #options: OpensBesideOptions;
  #last: Widget | null = null;
  /** Where the reader has just asked for a new tab. */
  #wanted: TabBar<Widget> | null = null;
}

function barOf(dock: DockPanel, widget: Widget): TabBar<Widget> | undefined {
  return [...dock.tabBars()].find(bar => bar.titles.includes(widget.title));
}
