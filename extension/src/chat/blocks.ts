import { type Block, drawBlock, parseBlocks, type References } from './markdown.js';
import { patchChildren } from './patch.js';
import { sanitise } from './sanitise.js';
import type { Translate } from './translation.js';

export interface BlocksOptions {
  readonly translate: Translate;
  /** Adds to what was drawn and sanitised what is ours: the bars of code blocks. */
  readonly decorate: (content: DocumentFragment, state: { readonly open: boolean }) => void;
}

const REFERENCE = /^ {0,3}\[[^\]\n]+\]:/m;

/**
 * Draws a Markdown text that grows, below `root`.
 *
 * Only the last block can still change while text is appended (each line of CommonMark continues the blocks that are
 * open, which all stand inside the last one, or starts new ones behind them). So the blocks before it are drawn once
 * and kept. A reference link whose target comes later is drawn as text until the text is complete.
 */
export class Blocks {
  constructor(root: HTMLElement, options: BlocksOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Draws `text`. `open`: more may follow. */
  update(text: string, { open }: { readonly open: boolean }): void {
    const whole = text.replace(/\r\n?/g, '\n');
    if (!whole.startsWith(this.#closedText) || (!open && REFERENCE.test(whole))) {
      this.#closedText = '';
      this.#closedBlocks = 0;
    }
    const tail = whole.slice(this.#closedText.length);
    const references: References = {};
    const blocks = parseBlocks(tail, references);
    const closed = closedCount(blocks, tail);
    const before = this.#closedBlocks;
    blocks.forEach((block, index) => { this.#draw(before + index, block, open && index >= closed); });
    for (const spare of [...this.#root.children].slice(before + blocks.length)) {
      spare.remove();
    }
    this.#drawn.length = before + blocks.length;
    const next = blocks[closed];
    if (closed > 0 && next !== undefined) {
      this.#closedText += tail.slice(0, offset(tail, next.start));
      this.#closedBlocks += closed;
    }
  }

  /** Draws all of it again at the next update. */
  forget(): void {
    this.#closedText = '';
    this.#closedBlocks = 0;
    this.#drawn.length = 0;
  }

  #draw(at: number, block: Block, open: boolean): void {
    const html = drawBlock(block, { open, translate: this.#options.translate });
    const key = `${open ? 'open' : 'closed'}${html}`;
    let element = this.#root.children[at];
    if (element === undefined) {
      element = this.#root.ownerDocument.createElement('div');
      element.className = 'wb-Block';
      this.#root.append(element);
    } else if (this.#drawn[at] === key) {
      return;
    }
    this.#drawn[at] = key;
    const content = sanitise(html);
    this.#options.decorate(content, { open });
    patchChildren(element, content);
  }

  readonly #root: HTMLElement;
  readonly #options: BlocksOptions;
  readonly #drawn: string[] = [];
  #closedText = '';
  #closedBlocks = 0;
}

/** How many of `blocks` no further text can change. The last line counts once it is complete. */
function closedCount(blocks: readonly Block[], text: string): number {
  const complete = text.split('\n').length - 1;
  const certain = blocks.filter(block => block.start < complete).length;
  return Math.max(0, certain - 1);
}

/** Where line `line` begins. */
function offset(text: string, line: number): number {
  let at = 0;
  for (let count = 0; count < line; count++) {
    at = text.indexOf('\n', at) + 1;
  }
  return at;
}
