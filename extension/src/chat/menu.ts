import type { TemplateResult } from 'lit';
import { html } from 'lit';

/** A list that opens below its button, worked as the ARIA practices say of menus and trees: arrows, Home, End, Escape. */
export function menu(
  label: string,
  side: 'start' | 'end',
  close: (focusButton: boolean) => void,
  content: unknown,
  role: 'menu' | 'tree' = 'menu'
): TemplateResult {
  return html`<div
    class="wb-Menu wb-mod-${side}"
    role=${role}
    aria-label=${label}
    @keydown=${(event: KeyboardEvent) => {
      onKeyDown(event, close);
    }}
    @focusout=${(event: FocusEvent) => {
      const to = event.relatedTarget;
      const isInside = to instanceof Node && (event.currentTarget as Node).contains(to);
      const isItsButton = to instanceof Element && to.ariaExpanded === 'true'; // which closes it when it is clicked
      if (to !== null && !isInside && !isItsButton) {
        close(false);
      }
    }}
  >
    ${content}
  </div>`;
}

/** Puts the focus where the menu in `root` begins: at what is chosen, else at its first entry; and all of it in sight. */
export function focusMenu(root: ParentNode): void {
  root.querySelector('.wb-Transcript .wb-Menu')?.scrollIntoView({ block: 'nearest' });
  const items = itemsOf(root);
  (items.find(item => item.matches('[aria-checked="true"], [aria-current]')) ?? items[0])?.focus();
}

function itemsOf(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('.wb-Menu :is([role^="menuitem"], [role="treeitem"])')];
}

/** How deep in its tree an item stands; 0: it is of a menu. */
function levelOf(item: HTMLElement | undefined): number {
  return Number(item?.ariaLevel ?? 0);
}

function onKeyDown(event: KeyboardEvent, close: (focusButton: boolean) => void): void {
  const root = event.currentTarget as HTMLElement;
  const items = itemsOf(root.parentElement ?? root);
  const at = items.indexOf(event.target as HTMLElement);
  const level = levelOf(items[at]);
  const to = {
    ArrowLeft: level > 0 ? items.findLastIndex((item, index) => index < at && levelOf(item) < level) : undefined,
    ArrowRight: levelOf(items[at + 1]) > level ? at + 1 : undefined,
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1
  }[event.key];
  if (event.key === 'Escape') {
    close(true);
  } else if (event.key === 'Tab') {
    close(false);
    return;
  } else if (to === undefined) {
    return;
  } else {
    items[to]?.focus();
  }
  event.preventDefault();
  event.stopPropagation();
}
