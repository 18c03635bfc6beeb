import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Standing, StatusModel } from './model.js';

/** How the workbench is, as a button of the status bar. */
export class StatusItem extends ReactWidget {
  constructor(options: {
    readonly model: StatusModel;
    readonly trans: TranslationBundle;
    readonly onClick: () => void;
  }) {
    super();
    this.#options = options;
    this.addClass('wb-Status');
    options.model.changed.connect(this.#onChanged, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.#options.model.changed.disconnect(this.#onChanged, this);
    }
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const { model, trans, onClick } = this.#options;
    return (
      <button type="button" className="wb-Status-button" title={meaning(model.standing, trans)} onClick={onClick}>
        {trans.__('Workbench: %1', words(model.standing, trans))}
      </button>
    );
  }

  #onChanged(): void {
    this.update();
  }

  readonly #options: {
    readonly model: StatusModel;
    readonly trans: TranslationBundle;
    readonly onClick: () => void;
  };
}

function words(standing: Standing, trans: TranslationBundle): string {
  switch (standing.kind) {
    case 'starting':
      return trans.__('starting…');
    case 'ready':
      return standing.model;
    case 'no-model':
      return trans.__('no model');
    case 'locked':
      return trans.__('locked');
    case 'unreachable':
      return trans.__('not reachable');
  }
}

function meaning(standing: Standing, trans: TranslationBundle): string {
  switch (standing.kind) {
    case 'starting':
      return trans.__('The workbench is starting.');
    case 'ready':
      return trans.__('%1 answers your questions. Show your Experiences', standing.model);
    case 'no-model':
      return trans.__('There is no language model yet. Click to add one.');
    case 'locked':
      return trans.__('The workbench is locked. Click to unlock it.');
    case 'unreachable':
      return standing.why;
  }
}
