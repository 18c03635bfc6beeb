import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Experience } from '../chat/records.js';
import type { Personality } from './records.js';

/** The Experiences whose replies it shapes, each with a box to say so. */
export function Uses(props: {
  readonly personality: Personality;
  readonly experiences: readonly Experience[];
  readonly use: (experience: Experience, personality: string | null) => void;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { personality, experiences, use, trans } = props;
  return (
    <fieldset className="wb-Personalities-uses">
      <legend className="wb-Field-label">
        {trans.__('Use it in')} <small>{trans.__('from the next reply on')}</small>
      </legend>
      {experiences.length === 0 && (
        <p className="wb-Models-quiet">{trans.__('There is no Experience yet. Make one, and it can be used there.')}</p>
      )}
      {experiences.map(each => (
        <label key={each.id}>
          <input
            type="checkbox"
            checked={each.personality === personality.id}
            onChange={event => {
              use(each, event.target.checked ? personality.id : null);
            }}
          />
          {each.name}
        </label>
      ))}
    </fieldset>
  );
}
