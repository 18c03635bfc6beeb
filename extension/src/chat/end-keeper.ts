import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 56;

/** Keeps a scroller at its end while its content grows, unless the reader has scrolled up. */
export class EndKeeper implements ReactiveController {
  /** Whether the reader is at the end. */
  atEnd = true;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.watch(null, null);
  }

  /** Takes `scroller` in charge, whose size changes with that of `content`. */
  watch(scroller: HTMLElement | null, content: HTMLElement | null): void {
    if (scroller === this.#scroller) {
      return;
    }
    this.#scroller?.removeEventListener('scroll', this.#onScroll);
    this.#observer?.disconnect();
    this.#observer = null;
    this.#scroller = scroller;
    if (scroller !== null && content !== null) {
      scroller.addEventListener('scroll', this.#onScroll, { passive: true });
      this.#observer = new ResizeObserver(() => {
        if (this.atEnd) {
          this.#toEnd('instant');
        }
      });
      this.#observer.observe(content);
      this.#observer.observe(scroller);
    }
  }

  /** Goes to the end and stays there. */
  jump(behavior: ScrollBehavior = 'instant'): void {
    this.#set(true);
    this.#toEnd(behavior);
  }

  #toEnd(behavior: ScrollBehavior): void {
    if (this.#scroller !== null) {
      this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior });
      this.#top = this.#scroller.scrollTop; // content that has shrunk has moved it, and not the reader
    }
  }

  readonly #onScroll = (): void => {
    if (this.#scroller === null) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      this.#set(true);
    } else if (scrollTop < this.#top) {
      this.#set(false); // only the reader goes up; content that grows does not
    }
    this.#top = scrollTop;
  };

  #set(atEnd: boolean): void {
    if (this.atEnd !== atEnd) {
      this.atEnd = atEnd;
      this.#host.requestUpdate();
    }
  }

  readonly #host: ReactiveControllerHost;
  #scroller: HTMLElement | null = null;
  #observer: ResizeObserver | null = null;
  #top = 0;
}
