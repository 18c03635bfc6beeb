import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Act } from '../tab/page.js';
import type { TrialsModel } from './model.js';
import type { Choice, Pair, Trial } from './records.js';
import { choiceOf } from './words.js';

/** Two replies side by side, without saying whose they are; keys rate them. What models wrote stays text. */
export function Rate(props: {
  readonly trials: TrialsModel;
  readonly trial: Trial;
  readonly pair: Pair | null;
  readonly act: Act;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { trials, trial, pair, act, trans } = props;
  const group = React.useRef<HTMLElement>(null);
  const number = pair?.number;
  React.useEffect(() => {
    if (number !== undefined) {
      group.current?.focus();
    }
  }, [number]);
  const rate = (choice: Choice): void => {
    if (pair !== null) {
      act(() => trials.rate(choice));
    }
  };
  const undo = (): void => {
    if (trial.rated > 0) {
      act(() => trials.undo());
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const choice = choiceOf(event.key);
    if (choice !== null) {
      event.preventDefault();
      rate(choice);
    } else if (event.key === 'u' || event.key === 'Backspace') {
      event.preventDefault();
      undo();
    }
  };
  const question = pair?.turns.at(-1)?.text ?? '';
  return (
    <section
      ref={group}
      className="wb-Trials-rate"
      tabIndex={-1}
      aria-label={trans.__('Rate blindly')}
      onKeyDown={onKeyDown}
    >
      <h3>
        {pair === null
          ? trans.__('The next pair…')
          : trans.__('Pair %1 of %2', String(pair.number), String(pair.total))}
      </h3>
      <p className="wb-Models-hint">
        {trans.__('Which reply is better? Nothing tells whose they are until all are rated. Keys: 1 or ←, 2 or →, 0 or ↓ for neither, u to undo.')}
      </p>
      {pair !== null && (
        <>
          <p className="wb-Trials-question">{question}</p>
          <div className="wb-Trials-replies">
            <Reply name={trans.__('Reply 1')} text={pair.left} better={trans.__('1 is better')} keys="1" rate={rate} choice="left" />
            <Reply name={trans.__('Reply 2')} text={pair.right} better={trans.__('2 is better')} keys="2" rate={rate} choice="right" />
          </div>
          <div className="wb-Models-buttons">
            <button
              type="button"
              className="wb-Models-button"
              aria-keyshortcuts="0"
              onClick={() => {
                rate('tie');
              }}
            >
              {trans.__('Neither is better')}
            </button>
            <button type="button" className="wb-Models-button" aria-keyshortcuts="u" aria-disabled={trial.rated === 0} onClick={undo}>
              {trans.__('Undo')}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function Reply(props: {
  readonly name: string;
  readonly text: string;
  readonly better: string;
  readonly keys: string;
  readonly choice: Choice;
  readonly rate: (choice: Choice) => void;
}): React.JSX.Element {
  const { name, text, better, keys, choice, rate } = props;
  return (
    <article className="wb-Trials-reply" aria-label={name}>
      <div className="wb-Trials-text">{text}</div>
      <button
        type="button"
        className="wb-Models-button"
        aria-keyshortcuts={keys}
        onClick={() => {
          rate(choice);
        }}
      >
        {better}
      </button>
    </article>
  );
}
