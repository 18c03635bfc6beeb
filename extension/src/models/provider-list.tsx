import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { faultOf } from '../experiences/model.js';
import { Fact } from './fact.js';
import type { Props } from './panel.js';
import { ProviderForm } from './provider-form.js';
import { ProviderModels } from './provider-models.js';
import { hasKey, type Listing, type Provider } from './providers.js';
import { checkWords, faultWords, serverWords } from './words.js';

/** The providers that are set up, with what can be done with each. */
export function ProviderList(props: Props): React.JSX.Element | null {
  const { state, trans } = props;
  const heading = React.useRef<HTMLHeadingElement>(null);
  if (state.providers.length === 0) {
    return null;
  }
  return (
    <section className="wb-Models-section" aria-labelledby="wb-models-providers">
      <h2 id="wb-models-providers" tabIndex={-1} ref={heading}>
        {trans.__('Providers')}
      </h2>
      <ul className="wb-Models-list" aria-label={trans.__('Providers')}>
        {state.providers.map(each => (
          <Item
            key={each.name}
            {...props}
            each={each}
            removed={() => {
              heading.current?.focus();
            }}
          />
        ))}
      </ul>
    </section>
  );
}

type Open = 'nothing' | 'settings' | Listing;

function Item(props: Props & { readonly each: Provider; readonly removed: () => void }): React.JSX.Element {
  const { state, each, trans } = props;
  const [open, setOpen] = React.useState<Open>(state.choosing?.provider === each.name ? state.choosing : 'nothing');
  const [results, setResults] = React.useState<readonly string[]>([]);
  const item = React.useRef<HTMLLIElement>(null);
  const count = state.models.filter(model => model.provider === each.name).length;
  const close = (action: string) => (): void => {
    setOpen('nothing');
    item.current?.querySelector<HTMLElement>(`[data-action="${action}"]`)?.focus();
  };
  return (
    <li className="wb-Models-item" ref={item}>
      <p className="wb-Models-title">
        <strong>{each.name}</strong>
        {!each.enabled && <span className="wb-Badge">{trans.__('Disabled')}</span>}
      </p>
      <dl className="wb-Models-facts">
        <Fact term={trans.__('Key')}>{keyWords(each, trans)}</Fact>
        <Fact term={trans.__('Models')}>{String(count)}</Fact>
        <Fact term={trans.__('Address')}>{each.base_url}</Fact>
        {each.kind !== 'local' && <Fact term={trans.__('Kind')}>{serverWords(each.kind, trans)}</Fact>}
        {each.proxy !== null && <Fact term={trans.__('Proxy')}>{each.proxy}</Fact>}
        {hasLimits(each) && <Fact term={trans.__('Waits at most')}>{limitsWords(each, trans)}</Fact>}
        {each.headers.length > 0 && <Fact term={trans.__('Headers')}>{each.headers.join(', ')}</Fact>}
      </dl>
      <Buttons {...props} count={count} open={open} setOpen={setOpen} setResults={setResults} />
      <div role="status" className="wb-Models-checks">
        {results.map(result => (
          <p key={result}>{result}</p>
        ))}
      </div>
      {open === 'settings' && <ProviderForm {...props} closed={close('settings')} />}
      {typeof open === 'object' && <ProviderModels {...props} listing={open} closed={close('models')} />}
    </li>
  );
}

function Buttons(
  props: Props & {
    readonly each: Provider;
    readonly removed: () => void;
    readonly count: number;
    readonly open: Open;
    readonly setOpen: (open: Open) => void;
    readonly setResults: (results: readonly string[]) => void;
  }
): React.JSX.Element {
  const { model, state, actions, each, removed, count, open, setOpen, setResults, act, say, trans } = props;
  const check = async (): Promise<void> => {
    setResults([trans.__('Checking…')]);
    const said: string[] = [];
    for (const { id } of state.models.filter(one => one.provider === each.name)) {
      said.push(await model.check(id).then(
        each => checkWords(each, trans),
        (error: unknown) => faultWords(id, faultOf(error))
      ));
      setResults([...said]);
    }
  };
  const toggle = async (): Promise<void> => {
    await model.changeProvider(each.name, { enabled: !each.enabled });
    say(each.enabled ? trans.__('%1 is disabled.', each.name) : trans.__('%1 is enabled.', each.name));
    setResults([]);
  };
  const choose = async (): Promise<void> => {
    say(trans.__('%1 is the default now.', await model.setDefaultProvider(each.name)));
  };
  const list = async (): Promise<void> => {
    setOpen(await model.listModels(each.name));
  };
  const remove = async (): Promise<void> => {
    if (await actions.confirmProviderRemoval(each, count)) {
      await model.removeProvider(each.name);
      say(trans.__('%1 is no longer there.', each.name));
      removed();
    }
  };
  const canCheck = each.enabled && count > 0;
  return (
    <div className="wb-Models-buttons">
      <button
        type="button"
        role="switch"
        aria-checked={each.enabled}
        aria-label={trans.__('Enabled: %1', each.name)}
        className={each.enabled ? 'wb-Models-button wb-Models-switch wb-mod-on' : 'wb-Models-button wb-Models-switch'}
        onClick={() => {
          act(toggle);
        }}
      >
        {trans.__('Enabled')}
      </button>
      <Action label={trans.__('Check')} name={each.name} isIdle={!canCheck} trans={trans} run={() => { act(check); }} />
      <Action
        label={trans.__('Edit')}
        name={each.name}
        action="settings"
        isOpen={open === 'settings'}
        trans={trans}
        run={() => {
          setOpen(open === 'settings' ? 'nothing' : 'settings');
        }}
      />
      <Action
        label={trans.__('Choose models')}
        name={each.name}
        action="models"
        isOpen={typeof open === 'object'}
        isIdle={!each.enabled}
        trans={trans}
        run={() => {
          if (typeof open === 'object') {
            setOpen('nothing');
          } else {
            act(list);
          }
        }}
      />
      <Action label={trans.__('Make default')} name={each.name} isIdle={!canCheck} trans={trans} run={() => { act(choose); }} />
      <Action label={trans.__('Remove')} name={each.name} trans={trans} run={() => { act(remove); }} />
    </div>
  );
}

/** A button that says to who does not see it which provider it is for. */
function Action(props: {
  readonly label: string;
  readonly name: string;
  readonly run: () => void;
  readonly action?: string;
  readonly isOpen?: boolean;
  readonly isIdle?: boolean;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { label, name, run, action, isOpen, isIdle = false, trans } = props;
  return (
    <button
      type="button"
      className="wb-Models-button"
      aria-label={trans.__('%1: provider %2', label, name)}
      aria-expanded={isOpen}
      aria-disabled={isIdle}
      data-action={action}
      onClick={() => {
        if (!isIdle) {
          run();
        }
      }}
    >
      {label}
    </button>
  );
}

function hasLimits({ connect_s, first_token_s, between_tokens_s }: Provider): boolean {
  return connect_s !== null || first_token_s !== null || between_tokens_s !== null;
}

/** The time limits that were set. */
function limitsWords({ connect_s, first_token_s, between_tokens_s }: Provider, trans: TranslationBundle): string {
  const words = [
    connect_s === null ? null : trans.__('%1 s for a connection', connect_s),
    first_token_s === null ? null : trans.__('%1 s for the beginning of a reply', first_token_s),
    between_tokens_s === null ? null : trans.__('%1 s for its next piece', between_tokens_s)
  ];
  return words.filter(each => each !== null).join(', ');
}

function keyWords(provider: Provider, trans: TranslationBundle): string {
  if (provider.key_env !== null) {
    return trans.__('read from %1', provider.key_env);
  }
  if (!hasKey(provider)) {
    return trans.__('none');
  }
  return provider.key_hint === '' ? trans.__('kept') : trans.__('kept, ends in %1', provider.key_hint ?? '');
}
