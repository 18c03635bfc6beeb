import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Result, Trial } from './records.js';
import { amountWords, figure } from './words.js';

interface Props {
  readonly trial: Trial;
  /** Null: they were not read yet. */
  readonly results: readonly Result[] | null;
  /** Reads them. */
  readonly list: () => void;
  readonly trans: TranslationBundle;
}

const PAGE = 10;

/** The single replies of a trial, a page at a time, read when they are wanted. */
export function Replies({ trial, results, list, trans }: Props): React.JSX.Element {
  const [first, setFirst] = React.useState(0);
  const page = results?.slice(first, first + PAGE) ?? [];
  const total = results?.length ?? 0;
  const turn = (by: number, label: string): React.JSX.Element => (
    <button
      type="button"
      className="wb-Models-button"
      aria-disabled={first + by < 0 || first + by >= total}
      onClick={() => {
        if (first + by >= 0 && first + by < total) {
          setFirst(first + by);
        }
      }}
    >
      {label}
    </button>
  );
  return (
    <details
      className="wb-Trials-every"
      onToggle={event => {
        if (event.currentTarget.open) {
          list();
        }
      }}
    >
      <summary>{trans.__('Every reply')}</summary>
      {results === null && <p>{trans.__('Reading the replies…')}</p>}
      <ol className="wb-Trials-lines" aria-label={trans.__('Replies')}>
        {page.map(each => (
          <Reply key={each.id} trial={trial} result={each} trans={trans} />
        ))}
      </ol>
      {total > 0 && (
        <p className="wb-Models-quiet" role="status">
          {trans.__('%1 to %2 of %3', String(first + 1), String(first + page.length), String(total))}
        </p>
      )}
      {total > PAGE && (
        <div className="wb-Models-buttons">
          {turn(-PAGE, trans.__('Earlier replies'))}
          {turn(PAGE, trans.__('Later replies'))}
        </div>
      )}
    </details>
  );
}

function Reply(props: { readonly trial: Trial; readonly result: Result; readonly trans: TranslationBundle }): React.JSX.Element {
  const { trial, result, trans } = props;
  const { fault, score } = result;
  const again = trial.repetitions > 1 ? trans.__('time %1', String(result.repetition + 1)) : null;
  const title = [trial.cases[result.case]?.name, trial.configurations[result.configuration]?.name, again];
  const facts = [
    result.total_ms === null ? null : trans.__('%1 s', figure(result.total_ms / 1000, 1)),
    result.cost_usd === null ? fault === null && trans.__('cost unknown') : amountWords(result.cost_usd, trans)
  ];
  return (
    <li className="wb-Trials-reply">
      <h3>{title.filter(Boolean).join(' · ')}</h3>
      {fault === null ? (
        <div className="wb-Trials-text">{result.text}</div>
      ) : (
        <p className="wb-Models-fault">{trans.__('No reply: %1', fault.message)}</p>
      )}
      <ul className="wb-Trials-lines">
        {result.verdicts.map((each, at) => (
          <li key={at}>
            <strong>{each.passed ? trans.__('Passes') : trans.__('Fails')}</strong> <code>{each.kind}</code>: {each.why}
          </li>
        ))}
        {score !== null && (
          <li>
            <strong>{score.score === null ? trans.__('No verdict') : trans.__('Score %1', String(score.score))}</strong>:{' '}
            {score.reason}
          </li>
        )}
      </ul>
      <p className="wb-Models-quiet">{facts.filter(Boolean).join(' · ')}</p>
    </li>
  );
}
