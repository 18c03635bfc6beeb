import theme from '../../style/theme.css';
import type { WbChat } from '../chat/element.js';
import type { ChatState } from '../chat/state.js';
import { join, type SharedChat } from './chats.js';
import type { Line } from './comm.js';

const DISCONNECTED = 'jupyter-widgets-disconnected';

let dressed = false;

/** Shows the chat of a widget's Experience in `cell`. Returns the way to take it out again. */
export function showInCell(widget: Line, cell: HTMLElement): () => void {
  dress(cell.ownerDocument);
  const joined = join(String(widget.get('experience_id')));
  const end = new AbortController();
  void joined.chat.then(shared => {
    if (!end.signal.aborted) {
      show(widget, cell, shared, end.signal);
    }
  });
  return () => {
    end.abort();
    joined.leave();
  };
}

function show(widget: Line, cell: HTMLElement, shared: SharedChat, end: AbortSignal): void {
  const box = document.createElement('div');
  box.className = 'wb-ChatCell-box';
  const element = document.createElement('wb-chat');
  element.model = shared.model;
  const notice = document.createElement('p');
  notice.className = 'wb-ChatCell-notice';
  notice.setAttribute('role', 'status');
  notice.hidden = true;
  box.append(notice, element);
  cell.replaceChildren(box);

  const resize = (): void => {
    box.style.height = `${Number(widget.get('height'))}px`;
  };
  resize();
  widget.on('change:height', resize);

  let busy = false;
  let trashed = false;
  const say = (): void => {
    const text = trashed
      ? 'This Experience is in the trash. Restore it in JupyterLab’s panel, or with `workbench experiences restore`.'
      : busy
        ? 'The kernel is busy. The chat goes on when it is free.'
        : '';
    notice.textContent = text;
    notice.hidden = text === '';
  };
  const onState = ({ experience }: ChatState): void => {
    trashed = experience?.state === 'trashed';
    say();
  };
  const stop = [
    shared.onBusy(now => {
      busy = now;
      say();
    }),
    shared.model.subscribe(onState),
    lendWhileAlive(widget, cell, shared),
    suppressShortcuts(cell, element)
  ];
  end.addEventListener('abort', () => {
    widget.off('change:height', resize);
    for (const each of stop) {
      each();
    }
    element.model = null;
    cell.replaceChildren();
  });
  void shared.model.open(String(widget.get('experience_id')));
}

/** Lends the widget's line as long as its kernel lives, which ipywidgets tells by a class on the view. */
function lendWhileAlive(widget: Line, cell: HTMLElement, shared: SharedChat): () => void {
  let takeBack: (() => void) | null = shared.lend(widget);
  const look = (): void => {
    const alive = cell.closest(`.${DISCONNECTED}`) === null;
    if (alive && takeBack === null) {
      takeBack = shared.lend(widget);
    } else if (!alive && takeBack !== null) {
      takeBack();
      takeBack = null;
    }
  };
  const onUpdate = (): void => {
    queueMicrotask(look); // the view hears of it as we do, and sets its class then
  };
  widget.on('comm_live_update', onUpdate);
  return () => {
    widget.off('comm_live_update', onUpdate);
    takeBack?.();
  };
}

/**
 * Keeps what is typed here from the notebook's shortcuts, and leaves JupyterLab those that are not for cells: saving,
 * the palette.
 *
 * JupyterLab listens first, at the document; only the window comes before it. It begins at the element that has the
 * focus, and a shortcut that fits there is taken whatever its parents say; it knows what is typed in, but not when the
 * focus comes there from a button in the same shadow root. In a cell it also undoes the line breaks of Shift+Enter, as
 * it finds them at the element that is typed in: the chat's own root comes before that.
 */
function suppressShortcuts(cell: HTMLElement, element: WbChat): () => void {
  void element.updateComplete.then(() => {
    element.renderRoot.addEventListener('beforeinput', event => {
      event.stopPropagation();
    });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = event.key.toLowerCase();
    const isLabs = (event.ctrlKey || event.metaKey) && (key === 's' || (key === 'c' && event.shiftKey));
    for (const each of [element, cell]) {
      each.toggleAttribute('data-lm-suppress-shortcuts', !isLabs);
    }
  };
  window.addEventListener('keydown', onKeyDown, { capture: true });
  return () => {
    window.removeEventListener('keydown', onKeyDown, { capture: true });
  };
}

/** JupyterLab's colours and type, once for the page: where its extension is away nobody else brings them. */
function dress(page: Document): void {
  if (!dressed) {
    dressed = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(theme);
    page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  }
}
