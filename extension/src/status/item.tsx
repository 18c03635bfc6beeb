import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { countWords } from '../alerts/words.js';
import type { IAlerts } from '../tokens.js';
import type { Standing, StatusModel } from './model.js';

interface Options {
  readonly model: StatusModel;
  readonly alerts: IAlerts;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
  readonly onAlerts: () => void;
}

/** How the workbench is, as a button of the status bar, and another for the alerts while some stand. */
export class StatusItem extends ReactWidget {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Status');
    options.model.changed.connect(this.#onChanged, this);
    options.alerts.changed.connect(this.#onChanged, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.#options.model.changed.disconnect(this.#onChanged, this);
      this.#options.alerts.changed.disconnect(this.#onChanged, this);
    }
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const { model, alerts, trans, onClick, onAlerts } = this.#options;
    const count = alerts.state.phase === 'ready' ? alerts.state.alerts.length : 0;
    return (
      <>
        {count > 0 && (
          <button
            type="button"
            className="wb-Status-button wb-Status-alerts"
            title={trans.__('Models take more than you allow. Show the alerts')}
            onClick={onAlerts}
          >
            {countWords(count, trans)}
          </button>
        )}
        <button type="button" className="wb-Status-button" title={meaning(model.standing, trans)} onClick={onClick}>
          {trans.__('Workbench: %1', words(model.standing, trans))}
        </button>
      </>
    );
  }

  #onChanged(): void {
    this.update();
  }

  readonly #options: Options;
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
