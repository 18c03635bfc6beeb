import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PersonalitiesState, Personality, PersonalityTemplate } from './records.js';

interface Props {
  readonly state: PersonalitiesState;
  /** The id of the one that is shown; null: a new one is. */
  readonly shown: string | null;
  readonly show: (personality: Personality) => void;
  readonly begin: () => void;
  readonly take: (template: PersonalityTemplate) => void;
  readonly restore: (personality: Personality) => void;
  readonly heading: React.RefObject<HTMLHeadingElement>;
  readonly trans: TranslationBundle;
}

/** One's own personalities, and those that are shipped. */
export function Library({ state, shown, show, begin, take, restore, heading, trans }: Props): React.JSX.Element {
  return (
    <nav className="wb-Library-list" aria-label={trans.__('Personalities')}>
      <h2 tabIndex={-1} ref={heading}>
        {trans.__('Yours')}
      </h2>
      <button type="button" className="wb-Models-button wb-mod-main" onClick={begin}>
        {trans.__('New personality')}
      </button>
      {state.personalities.length === 0 && state.phase === 'ready' && (
        <p className="wb-Models-quiet">{trans.__('None yet. Take one that is shipped, or begin with an empty one.')}</p>
      )}
      <ul aria-label={trans.__('Your personalities')}>
        {state.personalities.map(each => (
          <li key={each.id}>
            <button
              type="button"
              className="wb-Library-entry"
              aria-current={each.id === shown}
              onClick={() => {
                show(each);
              }}
            >
              <strong>{each.name}</strong>
              <UsedIn state={state} personality={each} trans={trans} />
            </button>
          </li>
        ))}
      </ul>
      <h2>{trans.__('Shipped')}</h2>
      <ul aria-label={trans.__('Shipped personalities')}>
        {state.templates.map(each => (
          <li key={each.name}>
            <details>
              <summary>{each.title}</summary>
              <p className="wb-Models-quiet">{each.description}</p>
              <button
                type="button"
                className="wb-Models-button"
                aria-label={trans.__('Take %1', each.title)}
                onClick={() => {
                  take(each);
                }}
              >
                {trans.__('Take it')}
              </button>
            </details>
          </li>
        ))}
      </ul>
      {state.trashed.length > 0 && (
        <details>
          <summary>{trans.__('Trash (%1)', String(state.trashed.length))}</summary>
          <ul aria-label={trans.__('Trash')}>
            {state.trashed.map(each => (
              <li key={each.id}>
                {each.name}{' '}
                <button
                  type="button"
                  className="wb-Models-button"
                  aria-label={trans.__('Restore %1', each.name)}
                  onClick={() => {
                    restore(each);
                  }}
                >
                  {trans.__('Restore')}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </nav>
  );
}

function UsedIn(props: {
  readonly state: PersonalitiesState;
  readonly personality: Personality;
  readonly trans: TranslationBundle;
}): React.JSX.Element | null {
  const { state, personality, trans } = props;
  const names = state.experiences.filter(each => each.personality === personality.id).map(each => each.name);
  return names.length === 0 ? null : <small>{trans.__('In %1', names.join(', '))}</small>;
}
