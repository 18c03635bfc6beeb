import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Act } from '../tab/page.js';
import type { RulesModel } from './model.js';
import type { Firing, RulesState } from './records.js';
import { outcomeWords } from './words.js';

interface Props {
  readonly model: RulesModel;
  readonly state: RulesState;
  readonly act: Act;
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** What rules have found, with the ways to put it back and to say that it was wrong. */
export function Firings(props: Props): React.JSX.Element {
  const { state, trans } = props;
  return (
    <section className="wb-Models-section" aria-labelledby="wb-rules-firings">
      <h2 id="wb-rules-firings">{trans.__('Found')}</h2>
      {state.firings.length === 0 ? (
        <p className="wb-Models-quiet">{trans.__('No rule has found anything yet.')}</p>
      ) : (
        <ul className="wb-Models-list" aria-label={trans.__('What rules have found')}>
          {state.firings.map(each => (
            <Item key={each.id} {...props} each={each} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Item({ model, each, act, say, trans, language }: Props & { readonly each: Firing }): React.JSX.Element {
  const when = new Date(each.created_at);
  const canUndo = each.marker !== '' && each.direction === 'incoming' && each.undone_at === null;
  const undo = async (): Promise<void> => {
    await model.undo(each);
    say(trans.__('It is back in the reply.'));
  };
  const report = async (): Promise<void> => {
    await model.report(each, each.reported ? '' : trans.__('Reported in JupyterLab.'));
    say(each.reported ? trans.__('It is no longer reported as wrong.') : trans.__('It is reported as wrong.'));
  };
  return (
    <li className="wb-Models-item">
      <p className="wb-Models-title">
        <strong>{each.rule}</strong>
        <span className="wb-Badge">{outcomeWords(each, trans)}</span>
      </p>
      <p>
        {each.what}
        {each.count > 1 && ` × ${String(each.count)}`}
        {each.taken !== '' && (
          <>
            {': '}
            <code className="wb-Rules-taken">{each.taken}</code>
          </>
        )}
      </p>
      <p className="wb-Models-quiet">
        {each.direction === 'incoming' ? trans.__('In a reply') : trans.__('In what was to be sent')},{' '}
        <time dateTime={each.created_at}>{when.toLocaleString(language.replaceAll('_', '-'))}</time>
      </p>
      <div className="wb-Models-buttons">
        {canUndo && (
          <button
            type="button"
            className="wb-Models-button"
            aria-label={trans.__('Put back: %1', each.what)}
            onClick={() => {
              act(undo);
            }}
          >
            {trans.__('Put back')}
          </button>
        )}
        <button
          type="button"
          className="wb-Models-button"
          aria-label={trans.__('Wrong: %1', each.what)}
          aria-pressed={Boolean(each.reported)}
          onClick={() => {
            act(report);
          }}
        >
          {trans.__('This was wrong')}
        </button>
      </div>
    </li>
  );
}
