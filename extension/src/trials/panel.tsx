import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Page, useActs } from '../tab/page.js';
import { Tab } from '../tab/widget.js';
import { NewTrialForm } from './form.js';
import type { TrialsModel } from './model.js';
import type { Trial, TrialsState } from './records.js';
import { Shown } from './shown.js';
import { stateWord } from './words.js';

interface Options {
  readonly trials: TrialsModel;
  readonly unlock: (passphrase: string) => Promise<void>;
  /** Saves a notebook that repeats a trial, and opens it. */
  readonly save: (trial: Trial) => Promise<void>;
  /** Asks whether a trial is to go. */
  readonly confirmRemoval: (trial: Trial) => Promise<boolean>;
  readonly trans: TranslationBundle;
}

/** Trials: those there are, a new one, and what one shows, in a tab. */
export class TrialsPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Models');
    this.addClass('wb-Trials');
    this.follow(options.trials);
  }

  protected override render(): React.JSX.Element {
    return <Trials {...this.#options} state={this.#options.trials.state} />;
  }

  readonly #options: Options;
}

function Trials(options: Options & { readonly state: TrialsState }): React.JSX.Element {
  const { trials, state, unlock, save, confirmRemoval, trans } = options;
  const [trouble, act] = useActs();
  const [said, say] = React.useState('');
  const { report, shown } = state;
  return (
    <Page
      className="wb-Trials-page"
      heading={trans.__('Trials')}
      progress={state}
      loading={trans.__('Reading the trials…')}
      trouble={trouble}
      refresh={() => trials.refresh()}
      unlock={unlock}
      trans={trans}
    >
      <p className="wb-Models-unseen" role="status">
        {said}
      </p>
      {state.phase !== 'loading' && (
        <div className="wb-Trials-columns">
          <nav aria-label={trans.__('Trials')}>
            <button
              type="button"
              className="wb-Models-button wb-mod-main"
              onClick={() => {
                act(() => trials.show(null));
              }}
            >
              {trans.__('New trial')}
            </button>
            <ul className="wb-Trials-list" aria-label={trans.__('Your trials')}>
              {state.trials.map(each => (
                <li key={each.id}>
                  <button
                    type="button"
                    className="wb-Library-entry"
                    aria-current={each.id === shown}
                    onClick={() => {
                      act(() => trials.show(each.id));
                    }}
                  >
                    <strong>{each.name}</strong>
                    <small>{stateWord(each, trans)}</small>
                  </button>
                </li>
              ))}
            </ul>
          </nav>
          {shown === null && <NewTrialForm trials={trials} state={state} say={say} trans={trans} />}
          {report !== null && report.trial.id === shown && (
            <Shown
              key={shown}
              trials={trials}
              state={state}
              report={report}
              act={act}
              say={say}
              save={trial => {
                act(() => save(trial));
              }}
              confirmRemoval={confirmRemoval}
              trans={trans}
            />
          )}
        </div>
      )}
    </Page>
  );
}
