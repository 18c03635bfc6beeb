import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** What a tab draws. */
export interface Shown extends IDisposable {
  readonly changed: ISignal<unknown, unknown>;
}

/** A tab that goes with its closing, and has the focus on its heading, or its first field, when it is gone to. */
export abstract class Tab extends ReactWidget {
  override dispose(): void {
    if (!this.isDisposed) {
      this.#shown?.changed.disconnect(this.#onChanged, this);
      this.#shown?.dispose();
    }
    super.dispose();
  }

  /** Puts the focus on a part of the tab once it is drawn. */
  goTo(selector: string): void {
    void Promise.resolve(this.renderPromise).then(() => {
      this.node.querySelector<HTMLElement>(selector)?.focus();
    });
  }

  /** Draws anew whenever this changes; it goes with the tab. */
  protected follow(shown: Shown): void {
    this.#shown = shown;
    shown.changed.connect(this.#onChanged, this);
  }

  /** What is closed is gone; opening it again makes it anew. */
  protected override onCloseRequest(): void {
    this.dispose();
  }

  protected override onActivateRequest(): void {
    void Promise.resolve(this.renderPromise).then(() => {
      if (!this.node.contains(document.activeElement)) {
        this.node.querySelector<HTMLElement>('h1, input')?.focus();
      }
    });
  }

  #onChanged(): void {
    this.update();
  }

  #shown: Shown | null = null;
}
