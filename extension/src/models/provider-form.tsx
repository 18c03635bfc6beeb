import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import type { Props } from './panel.js';
import { changesOf, type Field, fieldOf, hasKey, keyOf, type Problem, problemsOf, type Provider, type Typed } from './providers.js';

/** Where a provider's settings are changed. Secrets are in their fields until they are sent, and in no state. */
export function ProviderForm(props: Props & { readonly each: Provider; readonly closed: () => void }): React.JSX.Element {
  const { model, each, closed, act, say, trans } = props;
  const [fault, setFault] = React.useState<Fault | null>(null);
  const [problems, setProblems] = React.useState<Problems>(NONE);
  const [isBusy, setBusy] = React.useState(false);
  const id = `wb-provider-${each.name}`;

  const save = async (form: HTMLFormElement): Promise<void> => {
    const wrong = problemsOf(each, typedIn(form));
    setFault(null);
    setProblems(new Map([...wrong].map(([field, problem]) => [field, problemWords(problem, trans)])));
    if (wrong.size > 0) {
      focus(form, [...wrong.keys()][0]);
      return;
    }
    const typed = typedIn(form);
    emptySecrets(form);
    setBusy(true);
    const key = keyOf(each, typed);
    const changes = changesOf(each, typed);
    let about: Field | null = null;
    try {
      let { revision } = each;
      if (key !== null) {
        about = key.api_key === undefined ? 'keyEnv' : 'key';
        const now = await model.setKey(each.name, key);
        revision = now.revision === revision + 1 ? now.revision : revision;
      }
      about = fieldOf(changes);
      if (Object.keys(changes).length > 0) {
        await model.changeProvider(each.name, { ...changes, revision });
      }
      say(trans.__('%1 is saved.', each.name));
      closed();
    } catch (error) {
      const refused = faultOf(error);
      setBusy(false);
      if (about === null) {
        setFault(refused);
      } else {
        setProblems(new Map([[about, refusalWords(refused, typed, trans)]]));
        focus(form, about);
      }
    }
  };

  return (
    <form
      className="wb-Models-form wb-Models-settings"
      aria-label={trans.__('Settings of %1', each.name)}
      autoComplete="off"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (!isBusy) {
          void save(event.currentTarget);
        }
      }}
    >
      <Setting
        problems={problems}
        id={`${id}-key`}
        name="key"
        type="password"
        label={trans.__('API key')}
        hint={
          hasKey(each)
            ? trans.__('Leave it empty to keep what is there; another key replaces it.')
            : trans.__('It goes to the keyring of this machine, or encrypted into the store, and is never shown again.')
        }
      />
      <Setting
        problems={problems}
        id={`${id}-env`}
        name="keyEnv"
        value={each.key_env ?? ''}
        label={trans.__('or the environment variable that holds it')}
        hint={trans.__('It is read whenever it is needed, where the Workbench runs, and not kept.')}
      />
      <Setting
        problems={problems}
        id={`${id}-url`}
        name="baseUrl"
        value={each.base_url ?? ''}
        label={trans.__('Base URL')}
        hint={trans.__('The key goes to no other server than it was given for; the path can be corrected.')}
      />
      <Setting
        problems={problems}
        id={`${id}-proxy`}
        name="proxy"
        value={each.proxy ?? ''}
        label={trans.__('Proxy')}
        hint={trans.__('As in http://proxy.example.com:3128. Empty: what the environment says.')}
      />
      <Setting
        problems={problems}
        id={`${id}-connect`}
        name="connect"
        value={shown(each.connect_s)}
        label={trans.__('Seconds to wait for a connection')}
        hint={trans.__('1 to 120. Empty: 10.')}
      />
      <Setting
        problems={problems}
        id={`${id}-first`}
        name="firstToken"
        value={shown(each.first_token_s)}
        label={trans.__('Seconds to wait for a reply to begin')}
        hint={trans.__('1 to 3600. Empty: 300.')}
      />
      <Setting
        problems={problems}
        id={`${id}-between`}
        name="betweenTokens"
        value={shown(each.between_tokens_s)}
        label={trans.__('Seconds a reply may fall silent')}
        hint={trans.__('1 to 3600. Empty: 90.')}
      />
      {each.headers.length > 0 && (
        <fieldset className="wb-Models-choices">
          <legend>{trans.__('Headers to send no more')}</legend>
          {each.headers.map(name => (
            <label key={name}>
              <input type="checkbox" name="without" value={name} /> {name}
            </label>
          ))}
        </fieldset>
      )}
      <Setting
        problems={problems}
        id={`${id}-header`}
        name="headerName"
        label={trans.__('Another header to send')}
        hint={trans.__('Its name, as in X-Team.')}
      />
      <Setting
        problems={problems}
        id={`${id}-value`}
        name="headerValue"
        type="password"
        label={trans.__("The header's value")}
        hint={trans.__('It is kept as a key is, and never shown again.')}
      />
      {fault !== null && <Refusal fault={fault} trans={trans} />}
      <div className="wb-Models-buttons">
        <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={isBusy}>
          {isBusy ? trans.__('Saving…') : trans.__('Save')}
        </button>
        <button type="button" className="wb-Models-button" onClick={closed}>
          {trans.__('Cancel')}
        </button>
        {hasKey(each) && (
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              act(async () => {
                await model.removeKey(each.name);
                say(trans.__('%1 has no key any more.', each.name));
                closed();
              });
            }}
          >
            {trans.__('Forget the key')}
          </button>
        )}
      </div>
    </form>
  );
}

type Problems = ReadonlyMap<Field, string>;
const NONE: Problems = new Map();

function Refusal({ fault, trans }: { readonly fault: Fault; readonly trans: TranslationBundle }): React.JSX.Element {
  return (
    <div className="wb-Problem" role="alert">
      <p className="wb-Problem-text">
        {fault.message} {fault.remedy} {trans.__('What was typed of a key or a value is no longer in its field.')}
      </p>
    </div>
  );
}

/** Why the owner refused what a field holds; a secret that was typed has left its field. */
function refusalWords({ message, remedy }: Fault, typed: Typed, trans: TranslationBundle): string {
  const isGone = typed.key !== '' || typed.headerValue !== '';
  const gone = isGone ? [trans.__('What was typed of a key or a value is no longer in its field.')] : [];
  return [message, remedy, ...gone].join(' ');
}

function problemWords(problem: Problem, trans: TranslationBundle): string {
  switch (problem) {
    case 'address':
      return trans.__('Give an address that begins with http:// or https://, as in https://api.example.com/v1.');
    case 'both':
      return trans.__('Give a key or the variable that holds it, not both.');
    case 'connect':
      return trans.__('Give a number of seconds from 1 to 120 in digits, or nothing.');
    case 'headerName':
      return trans.__('Give the name of the header that has this value.');
    case 'headerValue':
      return trans.__('Give the value of this header.');
    case 'proxy':
      return trans.__('Give an address that begins with http:// or https://, as in http://proxy.example.com:3128.');
    case 'seconds':
      return trans.__('Give a number of seconds from 1 to 3600 in digits, or nothing.');
    case 'variable':
      return trans.__('Give the name of the variable, as in OPENAI_API_KEY, and not the key in it.');
  }
}

function focus(form: HTMLFormElement, field: Field | undefined): void {
  form.querySelector<HTMLElement>(`[name="${field ?? ''}"]`)?.focus();
}

/** A field that keeps what is typed in it to itself. */
function Setting(props: {
  readonly id: string;
  readonly name: Field;
  readonly label: string;
  readonly hint: string;
  readonly problems: Problems;
  readonly value?: string;
  readonly type?: 'password';
}): React.JSX.Element {
  const { id, name, label, hint, problems, value = '', type } = props;
  const problem = problems.get(name);
  return (
    <div className="wb-Field">
      <label className="wb-Field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        name={name}
        type={type ?? 'text'}
        className="wb-Field-input"
        defaultValue={value}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem ${id}-hint`}
      />
      <p id={`${id}-problem`} className="wb-Field-problem" role="alert">
        {problem}
      </p>
      <p id={`${id}-hint`} className="wb-Models-hint">
        {hint}
      </p>
    </div>
  );
}

/** Empties the fields of secrets. */
function emptySecrets(form: HTMLFormElement): void {
  for (const secret of form.querySelectorAll<HTMLInputElement>('input[type="password"]')) {
    secret.value = '';
  }
}

/** What the fields hold. */
function typedIn(form: HTMLFormElement): Typed {
  const data = new FormData(form);
  const text = (name: keyof Typed): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    key: text('key'),
    keyEnv: text('keyEnv'),
    baseUrl: text('baseUrl'),
    proxy: text('proxy'),
    connect: text('connect'),
    firstToken: text('firstToken'),
    betweenTokens: text('betweenTokens'),
    headerName: text('headerName'),
    headerValue: text('headerValue'),
    without: data.getAll('without').filter(each => typeof each === 'string')
  };
}

function shown(limit: number | null): string {
  return limit === null ? '' : String(limit);
}
