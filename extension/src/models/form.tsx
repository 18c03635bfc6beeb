import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault, Model } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { DEMO, type Draft, EMPTY, FILE, type Known, type Missing, missing, needsKey, needsUrl, providerOf, remoteOf, SERVER } from './draft.js';
import type { Props } from './panel.js';
import { hasKey } from './providers.js';
import type { Service } from './services.js';

type FormProps = Props & { readonly draft: Draft; readonly setDraft: React.Dispatch<React.SetStateAction<Draft>> };

/** What a try to add a model came to. */
interface Outcome {
  readonly added: Model | null;
  readonly fault: Fault | null;
  readonly missing: readonly Missing[];
  /** The key that went with a refused try is not here any more. */
  readonly keyIsGone: boolean;
}

const NOTHING: Outcome = { added: null, fault: null, missing: [], keyIsGone: false };

/** Where a model is added. What is typed stays until it is taken in; the key is in no state, only in its field. */
export function AddModel(props: FormProps): React.JSX.Element {
  const { model, state, draft, setDraft, act, trans } = props;
  const form = React.useRef<HTMLFormElement>(null);
  const key = React.useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = React.useState(false);
  const [outcome, setOutcome] = React.useState(NOTHING);
  const service = state.services.find(each => each.name === draft.choice);
  const isDemo = draft.choice === DEMO;

  const send = async (): Promise<void> => {
    const typed = key.current?.value ?? '';
    const wanted = missing(draft, typed.trim() !== '', state);
    setOutcome({ ...NOTHING, missing: wanted, keyIsGone: outcome.keyIsGone });
    const [first] = wanted;
    if (first !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
      return;
    }
    if (key.current !== null) {
      key.current.value = '';
    }
    setBusy(true);
    try {
      const added =
        draft.choice === FILE
          ? await model.addFile(draft.path.trim())
          : await model.addRemote(remoteOf(draft, typed, state));
      setDraft(now => without(now, draft));
      setOutcome({ ...NOTHING, added });
    } catch (error) {
      setOutcome({ ...NOTHING, fault: faultOf(error), keyIsGone: typed !== '' });
    } finally {
      setBusy(false);
    }
  };

  const fields = { draft, setDraft, outcome, trans };
  return (
    <section className="wb-Models-section" aria-labelledby="wb-models-add">
      <h2 id="wb-models-add">{trans.__('Add a model')}</h2>
      <form
        ref={form}
        className="wb-Models-form"
        aria-labelledby="wb-models-add"
        autoComplete="off"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          if (isBusy) {
            return;
          }
          if (isDemo) {
            act(() => model.fetchDemo());
          } else {
            void send();
          }
        }}
      >
        <Choice
          {...fields}
          services={state.services}
          change={choice => {
            setDraft({ ...draft, choice });
            setOutcome(NOTHING);
          }}
        />
        {draft.choice === SERVER && <Server {...fields} />}
        {service !== undefined && needsUrl(draft, state) && (
          <Text
            {...fields}
            name="baseUrl"
            label={trans.__('Base URL')}
            example={service.url_example}
            hint={trans.__('The address of its API for your account.')}
            problem={trans.__('Give the address of the server.')}
          />
        )}
        {service?.verified === false && (
          <p className="wb-Models-quiet">
            {trans.__(
              'litellm reads what it answers, where a reply that was cut off looks like a whole one: its replies are marked as not verified.'
            )}
          </p>
        )}
        {draft.choice === FILE && (
          <Text
            {...fields}
            name="path"
            label={trans.__('Path of the GGUF file')}
            example="~/models/Llama-3.2-3B-Instruct-Q4_K_M.gguf"
            hint={trans.__('On the machine where the Workbench runs. The file stays where it is.')}
            problem={trans.__('Give the path of the file.')}
          />
        )}
        {isDemo && <AboutDemo {...props} />}
        {(service !== undefined || draft.choice === SERVER) && (
          <>
            <Text
              {...fields}
              name="name"
              label={trans.__('Model')}
              example={service === undefined ? 'qwen3:8b' : service.example}
              hint={trans.__('Its name as the provider writes it.')}
              problem={trans.__("Give the model's name.")}
            />
            <Key {...fields} key={draft.choice} field={key} known={state} label={service?.title ?? null} />
            <Sees {...fields} />
          </>
        )}
        {outcome.fault !== null && (
          <div className="wb-Problem" role="alert">
            <p className="wb-Problem-text">
              {outcome.fault.message} {outcome.fault.remedy}
            </p>
          </div>
        )}
        <div className="wb-Models-buttons">
          {(!isDemo || canFetch(props)) && (
            <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={isBusy}>
              {isBusy ? trans.__('Adding…') : isDemo ? trans.__('Fetch it') : trans.__('Add')}
            </button>
          )}
          <p className="wb-Models-result" role="status">
            {outcome.added !== null && trans.__('%1 can be asked now.', outcome.added.id)}
          </p>
        </div>
      </form>
    </section>
  );
}

interface Fields {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly outcome: Outcome;
  readonly trans: TranslationBundle;
}

function Choice({
  draft,
  services,
  change,
  trans
}: Fields & {
  readonly services: readonly Service[];
  readonly change: (choice: string) => void;
}): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">{trans.__('From')}</span>
      <select
        className="wb-Field-input"
        value={draft.choice}
        onChange={event => {
          change(event.target.value);
        }}
      >
        <optgroup label={trans.__('A provider')}>
          {offered(services, true)}
        </optgroup>
        <optgroup label={trans.__('A provider whose replies are not verified')}>{offered(services, false)}</optgroup>
        <optgroup label={trans.__('Elsewhere')}>
          <option value={SERVER}>{trans.__('Another server')}</option>
          <option value={FILE}>{trans.__('A file on this machine')}</option>
          <option value={DEMO}>{trans.__('The small demo model')}</option>
        </optgroup>
      </select>
    </label>
  );
}

function offered(services: readonly Service[], verified: boolean): React.ReactNode {
  return services
    .filter(each => each.verified === verified)
    .map(({ name, title }) => (
      <option key={name} value={name}>
        {title}
      </option>
    ));
}

function Server(fields: Fields): React.JSX.Element {
  const { draft, setDraft, trans } = fields;
  return (
    <>
      <Text
        {...fields}
        name="baseUrl"
        label={trans.__('Base URL')}
        example="http://localhost:11434/v1"
        hint={trans.__('The address of its API; for most servers it ends in /v1.')}
        problem={trans.__('Give the address of the server.')}
      />
      <Text
        {...fields}
        name="provider"
        label={trans.__('Name of the provider')}
        isOptional
        example={providerOf(draft.baseUrl) || 'ollama'}
        hint={trans.__('What to call the server: up to 40 letters, digits and hyphens. Without one, after its host.')}
      />
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('Format it speaks')}</span>
        <select
          className="wb-Field-input"
          value={draft.format}
          onChange={event => {
            setDraft({ ...draft, format: event.target.value as Draft['format'] });
          }}
        >
          <option value="known">{trans.__("As known of its address, else OpenAI's")}</option>
          <option value="openai">{trans.__("OpenAI's")}</option>
          <option value="anthropic">{trans.__("Anthropic's")}</option>
          <option value="gemini">{trans.__("Gemini's")}</option>
        </select>
      </label>
    </>
  );
}

function Sees({ draft, setDraft, trans }: Fields): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">{trans.__('Can it see pictures?')}</span>
      <select
        className="wb-Field-input"
        value={draft.sees}
        onChange={event => {
          setDraft({ ...draft, sees: event.target.value as Draft['sees'] });
        }}
      >
        <option value="known">{trans.__('As is known of it')}</option>
        <option value="yes">{trans.__('Yes')}</option>
        <option value="no">{trans.__('No')}</option>
      </select>
    </label>
  );
}

function Text(
  props: Fields & {
    readonly name: 'name' | 'baseUrl' | 'provider' | 'path';
    readonly label: string;
    readonly example: string;
    readonly hint: string;
    /** What is said where it is left empty. */
    readonly problem?: string;
    readonly isOptional?: boolean;
  }
): React.JSX.Element {
  const { draft, setDraft, outcome, name, label, example, hint, problem = '', isOptional = false, trans } = props;
  const isMissing = outcome.missing.some(each => each === name) && draft[name].trim() === '';
  return (
    <Labelled name={name} label={label} hint={hint} problem={isMissing ? problem : ''} isOptional={isOptional} trans={trans}>
      <input
        id={`wb-models-${name}`}
        name={name}
        className="wb-Field-input"
        value={draft[name]}
        placeholder={example}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={isMissing}
        aria-describedby={`wb-models-${name}-hint wb-models-${name}-problem`}
        onChange={event => {
          setDraft({ ...draft, [name]: event.target.value });
        }}
      />
    </Labelled>
  );
}

/** The field of a key. What is in it stays in it: a value that React knows would be written into the page. */
function Key(
  props: Fields & {
    readonly field: React.RefObject<HTMLInputElement>;
    readonly known: Known;
    /** Of the service; null: another server. */
    readonly label: string | null;
  }
): React.JSX.Element {
  const { draft, outcome, field, known, label, trans } = props;
  const isMissing = outcome.missing.includes('key');
  const { provider } = remoteOf(draft, '', known);
  const isKnown = known.providers.some(each => each.name === provider && hasKey(each));
  const hint = isKnown
    ? trans.__('Leave it empty to keep what is there; another key replaces it.')
    : trans.__('It goes to the keyring of this machine, or encrypted into the store, and is never shown again.');
  const missed = label === null ? '' : trans.__('Give your key of %1.', label);
  const gone = trans.__('The key was not kept: give it again.');
  return (
    <Labelled
      name="key"
      label={trans.__('API key')}
      hint={hint}
      problem={isMissing ? missed : outcome.keyIsGone ? gone : ''}
      isOptional={!needsKey(draft, known)}
      trans={trans}
    >
      <input
        ref={field}
        id="wb-models-key"
        name="key"
        type="password"
        className="wb-Field-input"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={isMissing}
        aria-describedby="wb-models-key-hint wb-models-key-problem"
      />
    </Labelled>
  );
}

function Labelled(props: {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly problem: string;
  readonly isOptional: boolean;
  readonly trans: TranslationBundle;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  const { name, label, hint, problem, isOptional, trans, children } = props;
  return (
    <div className="wb-Field">
      <label className="wb-Field-label" htmlFor={`wb-models-${name}`}>
        {label}
        {isOptional && <small> {trans.__('optional')}</small>}
      </label>
      {children}
      <p id={`wb-models-${name}-hint`} className="wb-Models-hint">
        {hint}
      </p>
      <p id={`wb-models-${name}-problem`} className="wb-Field-problem">
        {problem}
      </p>
    </div>
  );
}

function AboutDemo({ state, trans }: Props): React.JSX.Element {
  const isHere = state.models.some(each => each.demo);
  return (
    <p className="wb-Models-quiet">
      {isHere
        ? trans.__('It is here already.')
        : trans.__(
            'SmolLM2-135M-Instruct, 98 MB, under the Apache License 2.0. It runs on this machine and needs no key, and no network once it is here. It writes whole sentences in English, and is often wrong.'
          )}
    </p>
  );
}

/** The draft without what was taken in; what was typed meanwhile stays. */
function without(now: Draft, taken: Draft): Draft {
  return {
    ...now,
    name: now.name === taken.name ? EMPTY.name : now.name,
    path: now.path === taken.path ? EMPTY.path : now.path,
    sees: now.sees === taken.sees ? EMPTY.sees : now.sees
  };
}

function canFetch({ state }: Props): boolean {
  return state.demo?.state !== 'running' && !state.models.some(each => each.demo);
}
