import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { AlertsSection } from '../alerts/section.js';
import type { BudgetsModel } from '../budgets/model.js';
import { BudgetsSection } from '../budgets/section.js';
import type { Model } from '../chat/records.js';
import { modelsIcon } from '../icons.js';
import { type Act, Page, useActs } from '../tab/page.js';
import { Tab } from '../tab/widget.js';
import type { IAlerts } from '../tokens.js';
import { Abilities, owned } from './abilities.js';
import { Demo, useDemoNews } from './demo.js';
import { type Draft, EMPTY } from './draft.js';
import { AddModel } from './form.js';
import { Fact } from './fact.js';
import { Found } from './found.js';
import type { ModelsModel, ModelsState } from './model.js';
import { ProviderList } from './provider-list.js';
import type { Provider } from './providers.js';
import { contextWords, kindWords, seesWords, sizeWords } from './words.js';

/** What the tab asks of its host. */
export interface ModelsActions {
  readonly unlock: (passphrase: string) => Promise<void>;
  /** Asks whether a model is to go. */
  readonly confirmRemoval: (model: Model) => Promise<boolean>;
  /** Asks whether a provider is to go, with so many models. */
  readonly confirmProviderRemoval: (provider: Provider, models: number) => Promise<boolean>;
}

interface Options {
  readonly model: ModelsModel;
  readonly alerts: IAlerts;
  readonly budgets: BudgetsModel;
  readonly actions: ModelsActions;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** The models that can be asked, and the ways to add one, in a tab. */
export class ModelsPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Models');
    this.follow(options.model);
  }

  protected override render(): React.JSX.Element {
    return <Models {...this.#options} state={this.#options.model.state} />;
  }

  readonly #options: Options;
}

export type Props = Options & {
  readonly state: ModelsState;
  readonly act: Act;
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
};

function Models(options: Options & { readonly state: ModelsState }): React.JSX.Element {
  const { model, state, actions, trans } = options;
  const [trouble, act] = useActs();
  const [said, say] = React.useState('');
  const [draft, setDraft] = React.useState<Draft>(EMPTY);
  const props = { ...options, act, say };
  useDemoNews(props);
  return (
    <Page
      className="wb-Models-page"
      heading={trans.__('Models')}
      progress={state}
      loading={trans.__('Reading the models…')}
      trouble={trouble}
      refresh={() => model.refresh()}
      unlock={actions.unlock}
      trans={trans}
    >
      <p className="wb-Models-unseen" role="status">
        {said}
      </p>
      {state.phase === 'ready' && state.models.length === 0 && <Empty {...props} />}
      {state.models.length > 0 && <List {...props} />}
      <Demo {...props} />
      {state.phase !== 'loading' && <AddModel {...props} draft={draft} setDraft={setDraft} />}
      {state.phase === 'ready' && <Found {...props} />}
      <ProviderList {...props} />
      <AlertsSection alerts={options.alerts} models={state.models} say={say} trans={trans} language={options.language} />
      <BudgetsSection {...props} providers={state.providers.map(each => each.name)} />
    </Page>
  );
}

function Empty({ model, state, act, trans }: Props): React.JSX.Element {
  return (
    <section className="wb-Models-empty">
      <modelsIcon.react tag="span" className="wb-Experiences-picture" width="48px" height="48px" />
      <p>
        {trans.__(
          'There is no model yet, so nothing can be asked. Add one of a provider below, or begin with the small demo model: it runs on this machine, needs no key, and is often wrong.'
        )}
      </p>
      {state.demo?.state !== 'running' && (
        <button
          type="button"
          className="wb-Models-button wb-mod-main"
          onClick={() => {
            act(() => model.fetchDemo());
          }}
        >
          {trans.__('Add the demo model')}
        </button>
      )}
    </section>
  );
}

function List(props: Props): React.JSX.Element {
  const { state, trans } = props;
  const heading = React.useRef<HTMLHeadingElement>(null);
  return (
    <section className="wb-Models-section" aria-labelledby="wb-models-list">
      <h2 id="wb-models-list" tabIndex={-1} ref={heading}>
        {trans.__('Set up')}
      </h2>
      {state.defaultFault !== null && (
        <p className="wb-Models-fault">
          {state.defaultFault.message} {state.defaultFault.remedy}
        </p>
      )}
      <ul className="wb-Models-list" aria-label={trans.__('Models')}>
        {state.models.map(each => (
          <Item
            key={each.id}
            {...props}
            each={each}
            removed={() => {
              heading.current?.focus();
            }}
          />
        ))}
      </ul>
      <p className="wb-Models-quiet">
        {trans.__('The default is asked where a conversation or an Experience has chosen no other.')}
      </p>
    </section>
  );
}

function Item(props: Props & { readonly each: Model; readonly removed: () => void }): React.JSX.Element {
  const { model, state, actions, each, removed, act, say, trans, language } = props;
  const isDefault = each.id === state.defaultId;
  const choose = async (): Promise<void> => {
    await model.setDefault(each.id);
    say(trans.__('%1 is the default now.', each.id));
  };
  const remove = async (): Promise<void> => {
    if (await actions.confirmRemoval(each)) {
      await model.remove(each.id);
      say(trans.__('%1 is no longer there.', each.id));
      removed();
    }
  };
  return (
    <li className="wb-Models-item">
      <p className="wb-Models-title">
        <strong>{each.name}</strong>
        {each.demo && <span className="wb-Badge">{trans.__('Demo')}</span>}
      </p>
      {!each.available && <p className="wb-Models-fault">{each.unavailable_reason || trans.__('Not available')}</p>}
      <dl className="wb-Models-facts">
        <Fact term={trans.__('Provider')}>{each.provider}</Fact>
        <Fact term={trans.__('Kind')}>{kindWords(each, state.services, trans)}</Fact>
        <Fact term={trans.__('Context window')}>
          {owned(each, 'context_tokens', contextWords(each, language, trans), trans)}
        </Fact>
        <Fact term={trans.__('Sees pictures')}>{owned(each, 'sees', seesWords(each, trans), trans)}</Fact>
        {each.size_bytes !== null && <Fact term={trans.__('Size')}>{sizeWords(each.size_bytes)}</Fact>}
      </dl>
      <Abilities each={each} model={model} say={say} trans={trans} language={language} />
      <div className="wb-Models-buttons">
        <button
          type="button"
          className={isDefault ? 'wb-Models-button wb-Models-choice wb-mod-chosen' : 'wb-Models-button wb-Models-choice'}
          aria-label={isDefault ? trans.__('Default: %1', each.id) : trans.__('Make default: %1', each.id)}
          aria-disabled={isDefault || !each.available}
          onClick={() => {
            if (!isDefault && each.available) {
              act(choose);
            }
          }}
        >
          {isDefault ? trans.__('Default') : trans.__('Make default')}
        </button>
        <button
          type="button"
          className="wb-Models-button"
          aria-label={trans.__('Remove: %1', each.id)}
          onClick={() => {
            act(remove);
          }}
        >
          {trans.__('Remove')}
        </button>
      </div>
    </li>
  );
}
