import * as React from 'react';

import type { Props } from './panel.js';
import type { FoundServer } from './providers.js';

/** The servers of models that listen on this machine. */
export function Found(props: Props): React.JSX.Element {
  const { model, state, act, say, trans } = props;
  const offered = state.found.filter(each => each.provider === null);
  const look = async (): Promise<void> => {
    const found = await model.look();
    say(found.length === 0 ? trans.__('Nothing was found.') : trans.__('Found: %1', found.map(each => each.name).join(', ')));
  };
  const add = async (each: FoundServer): Promise<void> => {
    say(trans.__('%1 is added. Choose its models.', await model.addFound(each)));
  };
  return (
    <section className="wb-Models-section" aria-labelledby="wb-models-found">
      <h2 id="wb-models-found">{trans.__('Found on this machine')}</h2>
      {offered.length > 0 && (
        <ul className="wb-Models-list" aria-label={trans.__('Found on this machine')}>
          {offered.map(each => (
            <li key={each.base_url} className="wb-Models-item">
              <p className="wb-Models-title">
                <strong>{each.name}</strong> <span>{each.base_url}</span>
              </p>
              <p className="wb-Models-quiet">
                {each.models.length === 0 ? trans.__('It has no models yet.') : summary(each.models)}
              </p>
              <div className="wb-Models-buttons">
                <button
                  type="button"
                  className="wb-Models-button"
                  aria-label={trans.__('Add: %1', each.name)}
                  onClick={() => {
                    act(() => add(each));
                  }}
                >
                  {trans.__('Add')}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <p className="wb-Models-quiet">
        {trans.__('Ollama, LM Studio, vLLM and llama.cpp are looked for where they usually listen.')}
      </p>
      <div className="wb-Models-buttons">
        <button
          type="button"
          className="wb-Models-button"
          onClick={() => {
            act(look);
          }}
        >
          {trans.__('Look again')}
        </button>
      </div>
    </section>
  );
}

const SHOWN = 8;

function summary(names: readonly string[]): string {
  return names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')}, … (${names.length})` : names.join(', ');
}
