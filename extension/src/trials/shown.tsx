import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Act } from '../tab/page.js';
import type { TrialsModel } from './model.js';
import { Rate } from './rate.js';
import { Replies } from './replies.js';
import type { Comparison, Edit, Trial, TrialReport, TrialsState } from './records.js';
import { costWords, figure, isRevealed, percent, stateWord } from './words.js';

interface Props {
  readonly trials: TrialsModel;
  readonly state: TrialsState;
  readonly report: TrialReport;
  readonly act: Act;
  readonly say: (text: string) => void;
  /** Saves a notebook that repeats the trial. */
  readonly save: (trial: Trial) => void;
  /** Asks whether a trial is to go. */
  readonly confirmRemoval: (trial: Trial) => Promise<boolean>;
  readonly trans: TranslationBundle;
}

/** One trial: how far it is, what is to be rated, and what it shows. */
export function Shown(props: Props): React.JSX.Element {
  const { trials, state, report, act, save, confirmRemoval, trans } = props;
  const { trial } = report;
  const heading = React.useId();
  const place = state.experiences.find(each => each.id === trial.experience_id);
  const facts = [stateWord(trial, trans), place?.name, trans.__('%1 of %2 replies', String(trial.asked), String(trial.planned)), costWords(trial, trans)];
  const can = (what: 'run' | 'pause' | 'stop', label: string): React.JSX.Element => (
    <button
      type="button"
      className="wb-Models-button"
      onClick={() => {
        act(() => trials.act(trial.id, what));
      }}
    >
      {label}
    </button>
  );
  const isOver = trial.state === 'done' || trial.state === 'stopped';
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} tabIndex={-1}>
        {trial.name}
      </h2>
      <p className="wb-Models-quiet" role="status">
        {facts.filter(Boolean).join(' · ')}
      </p>
      {trial.reason !== '' && <p>{trial.reason}</p>}
      {trial.state === 'running' && (
        <progress aria-label={trans.__('Replies')} value={trial.asked} max={trial.planned} />
      )}
      <div className="wb-Models-buttons">
        {trial.state === 'running' && can('pause', trans.__('Pause'))}
        {(trial.state === 'paused' || trial.state === 'planned') && can('run', trans.__('Go on'))}
        {!isOver && can('stop', trans.__('Stop'))}
        <button
          type="button"
          className="wb-Models-button"
          onClick={() => {
            save(trial);
          }}
        >
          {trans.__('Save as a notebook')}
        </button>
        {trial.state !== 'running' && (
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              act(async () => {
                if (await confirmRemoval(trial)) {
                  await trials.remove(trial.id);
                }
              });
            }}
          >
            {trans.__('Delete')}
          </button>
        )}
      </div>
      {trial.state === 'rating' && <Rate trials={trials} trial={trial} pair={state.pair} act={act} trans={trans} />}
      {report.comparisons.map(each => (
        <Compared key={each.other} comparison={each} trans={trans} />
      ))}
      {report.summaries.length > 0 && <Figures report={report} trans={trans} />}
      {isOver && report.edits.length > 0 && <Edits {...props} />}
      {isRevealed(trial) && trial.asked > 0 && (
        <Replies
          trial={trial}
          results={state.results}
          list={() => {
            act(() => trials.list());
          }}
          trans={trans}
        />
      )}
      <details className="wb-Trials-rules" open={trial.state !== 'done'}>
        <summary>{trans.__('What was fixed before, and what to know')}</summary>
        <ul className="wb-Trials-lines">
          {[...report.rules, ...report.remarks].map(each => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** What a comparison says, with the share of wins and its interval drawn on a line from 0 to 100 %. */
function Compared({ comparison, trans }: { readonly comparison: Comparison; readonly trans: TranslationBundle }): React.JSX.Element {
  const { share, wins, losses, first, other, sentence } = comparison;
  const middle = wins + losses === 0 ? 0.5 : wins / (wins + losses);
  return (
    <div className="wb-Trials-compared">
      <p>
        <strong>{sentence}</strong>
      </p>
      {share !== null && (
        <figure>
        <svg
          className="wb-Trials-interval"
          viewBox="0 0 200 24"
          role="img"
          aria-label={trans.__(
            '%1 wins %2 of the decided cases; the interval is from %3 to %4, and 50% is no difference.',
            other,
            percent(middle),
            percent(share.low),
            percent(share.high)
          )}
        >
          <line className="wb-mod-scale" x1="0" x2="200" y1="12" y2="12" />
          <line className="wb-mod-half" x1="100" x2="100" y1="2" y2="22" />
          <line className="wb-mod-range" x1={share.low * 200} x2={share.high * 200} y1="12" y2="12" />
          <circle cx={middle * 200} cy="12" r="4" />
        </svg>
          <figcaption>
            <span>{trans.__('%1 is better', first)}</span>
            <span>{trans.__('%1 is better', other)}</span>
          </figcaption>
        </figure>
      )}
    </div>
  );
}

function Figures({ report, trans }: { readonly report: TrialReport; readonly trans: TranslationBundle }): React.JSX.Element {
  const head = [
    trans.__('Configuration'),
    trans.__('Replies'),
    trans.__('Cases passed'),
    trans.__('Score'),
    trans.__('Words'),
    trans.__('Hedges in 100'),
    trans.__('Reading ease'),
    trans.__('Seconds')
  ];
  return (
    <div className="wb-Trials-table">
      <table>
        <caption>{trans.__('Figures')}</caption>
        <thead>
          <tr>
            {head.map(each => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.summaries.map(each => (
            <tr key={each.configuration}>
              <th scope="row">{each.configuration}</th>
              <td>{each.replies}</td>
              <td>
                {each.pass_rate === null
                  ? '–'
                  : trans.__(
                      '%1 of %2 (%3 to %4)',
                      String(each.cases_passed),
                      String(each.cases_checked),
                      percent(each.pass_rate.low),
                      percent(each.pass_rate.high)
                    )}
              </td>
              <td>{figure(each.score, 1)}</td>
              <td>{figure(each.words)}</td>
              <td>{figure(each.hedges_per_100_words, 1)}</td>
              <td>{figure(each.reading_ease)}</td>
              <td>{figure(each.total_ms === null ? null : each.total_ms / 1000, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Suggestions, to accept or to reject. */
function Edits({ trials, report, act, say, trans }: Props): React.JSX.Element {
  const [settled, setSettled] = React.useState<ReadonlySet<number>>(new Set());
  const heading = React.useId();
  const settle = (number: number): void => {
    setSettled(before => new Set(before).add(number));
  };
  const isShaped = (edit: Edit): boolean =>
    report.trial.configurations.some(each => each.name === edit.configuration && each.personality !== null);
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{trans.__('Suggestions')}</h3>
      <ul className="wb-Models-list">
        {report.edits.map((edit, at) =>
          settled.has(at) ? null : (
            <li key={at} className="wb-Models-item">
              <p>
                <strong>{edit.configuration}</strong> <code>{edit.field}</code>: {edit.text}
              </p>
              <p className="wb-Models-quiet">{edit.reason}</p>
              <div className="wb-Models-buttons">
                {isShaped(edit) && (
                  <button
                    type="button"
                    className="wb-Models-button"
                    onClick={() => {
                      act(async () => {
                        const made = await trials.accept(report.trial.id, at + 1);
                        settle(at);
                        say(trans.__('%1 is at version %2.', made.name, String(made.version)));
                      });
                    }}
                  >
                    {trans.__('Accept')}
                  </button>
                )}
                <button
                  type="button"
                  className="wb-Models-button"
                  onClick={() => {
                    settle(at);
                  }}
                >
                  {trans.__('Reject')}
                </button>
              </div>
            </li>
          )
        )}
      </ul>
    </section>
  );
}
