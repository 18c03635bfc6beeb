import * as React from 'react';

import type { Props } from './panel.js';
import type { Listing, Provider } from './providers.js';
import { limitWords } from './words.js';

/** The provider's own list of models, to choose from. */
export function ProviderModels(
  props: Props & { readonly each: Provider; readonly listing: Listing; readonly closed: () => void }
): React.JSX.Element {
  const { model, each, listing, closed, act, say, trans, language } = props;
  const [sought, setSought] = React.useState('');
  const [chosen, setChosen] = React.useState<ReadonlySet<string>>(new Set());
  const field = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    field.current?.focus();
  }, []);
  const added = new Set(listing.added);
  const limits = new Map(listing.limits.map(each => [each.model, limitWords(each, language, trans)]));
  const open = listing.models.filter(
    name => !added.has(name) && name.toLowerCase().includes(sought.trim().toLowerCase())
  );
  const toggle = (name: string, isChosen: boolean): void => {
    const now = new Set(chosen);
    if (isChosen) {
      now.add(name);
    } else {
      now.delete(name);
    }
    setChosen(now);
  };
  const add = async (): Promise<void> => {
    await model.addModels(each.name, [...chosen]);
    say(trans.__('Added: %1', [...chosen].join(', ')));
    closed();
  };
  const id = `wb-provider-${each.name}-sought`;
  return (
    <form
      className="wb-Models-form wb-Models-settings"
      aria-label={trans.__('Models of %1', each.name)}
      onSubmit={event => {
        event.preventDefault();
        if (chosen.size > 0) {
          act(add);
        }
      }}
    >
      <div className="wb-Field">
        <label className="wb-Field-label" htmlFor={id}>
          {trans.__('Find a model')}
        </label>
        <input
          ref={field}
          id={id}
          type="search"
          className="wb-Field-input"
          value={sought}
          onChange={event => {
            setSought(event.target.value);
          }}
        />
      </div>
      <fieldset className="wb-Models-choices">
        <legend>{trans.__('It has %1; those that are added already are not shown.', String(listing.models.length))}</legend>
        {open.length === 0 && <p className="wb-Models-quiet">{trans.__('None is left to choose.')}</p>}
        {open.map(name => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.has(name)}
              onChange={event => {
                toggle(name, event.target.checked);
              }}
            />{' '}
            {name}
            {limits.has(name) && <span className="wb-Models-quiet"> · {limits.get(name)}</span>}
          </label>
        ))}
      </fieldset>
      <div className="wb-Models-buttons">
        <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={chosen.size === 0}>
          {trans.__('Add the chosen: %1', String(chosen.size))}
        </button>
        <button type="button" className="wb-Models-button" onClick={closed}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
