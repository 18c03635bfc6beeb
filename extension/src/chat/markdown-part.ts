import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { type ElementPart, PartType, type PartInfo } from 'lit/directive.js';

import { Blocks } from './blocks.js';
import { addCodeBars, addScrollers, type CodeAction } from './code.js';
import type { Translate } from './translation.js';

export interface MarkdownOptions {
  /** More of the text may follow. */
  readonly open: boolean;
  readonly actions: readonly CodeAction[];
  readonly translate: Translate;
}

/** Of the time while a text grows, drawing it takes at most this share. */
const SHARE = 0.3;

/** Keeps the element it stands on filled with a Markdown text. */
class MarkdownDirective extends AsyncDirective {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('Markdown is drawn into an element.');
    }
  }

  override render(text: string, options: MarkdownOptions): typeof noChange {
    if (this.#options?.actions !== options.actions) {
      this.#blocks?.forget();
    }
    this.#text = text;
    this.#options = options;
    const wait = this.#last + this.#cost / SHARE - performance.now();
    if (!options.open || wait <= 0) {
      this.#draw();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#draw();
      }, wait);
    }
    return noChange;
  }

  override update(
    part: ElementPart,
    [text, options]: [string, MarkdownOptions]
  ): typeof noChange {
    this.#blocks ??= new Blocks(part.element as HTMLElement, {
      translate: word => this.#options?.translate(word) ?? word,
      decorate: (content, { open }) => {
        const { actions, translate } = this.#options ?? options;
        addCodeBars(content, { actions, open, translate });
        addScrollers(content, translate);
      }
    });
    return this.render(text, options);
  }

  protected override disconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override reconnected(): void {
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const start = performance.now();
    this.#blocks?.update(this.#text, { open: this.#options?.open ?? false });
    this.#last = performance.now();
    this.#cost = this.#last - start;
  }

  #blocks: Blocks | null = null;
  #options: MarkdownOptions | null = null;
  #text = '';
  #last = 0;
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
}

export const markdown = directive(MarkdownDirective);
