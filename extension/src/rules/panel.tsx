import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { type Act, Page, useActs } from '../tab/page.js';
import { Tab } from '../tab/widget.js';
import { type Draft, draftOf, EMPTY } from './draft.js';
import { Firings } from './firings.js';
import { RuleForm } from './form.js';
import { RuleItem } from './item.js';
import type { RulesModel } from './model.js';
import type { Rule, RulesState } from './records.js';
import { Trying } from './trying.js';

interface Options {
  readonly model: RulesModel;
  readonly unlock: (passphrase: string) => Promise<void>;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** The rules, what they have found, and the ways to change and to try them, in a tab. */
export class RulesPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Models');
    this.addClass('wb-Rules');
    this.follow(options.model);
  }

  protected override render(): React.JSX.Element {
    return <Rules {...this.#options} state={this.#options.model.state} />;
  }

  readonly #options: Options;
}

type Props = Options & { readonly state: RulesState };

function Rules(options: Props): React.JSX.Element {
  const { model, state, unlock, trans } = options;
  const [trouble, act] = useActs();
  const [said, say] = React.useState('');
  const [draft, setDraft] = React.useState<Draft>(EMPTY);
  const field = React.useRef<HTMLTextAreaElement>(null);
  return (
    <Page
      className="wb-Models-page"
      heading={trans.__('Rules')}
      progress={state}
      loading={trans.__('Reading the rules…')}
      trouble={trouble}
      refresh={() => model.refresh()}
      unlock={unlock}
      trans={trans}
    >
      <p className="wb-Models-unseen" role="status">
        {said}
      </p>
      {state.phase !== 'loading' && (
        <>
          <List
            {...options}
            act={act}
            say={say}
            edit={rule => {
              setDraft(draftOf(rule));
              field.current?.focus();
            }}
          />
          <RuleForm {...options} {...{ draft, setDraft, field, say }} />
          <Trying {...options} />
          <Firings {...options} act={act} say={say} />
        </>
      )}
    </Page>
  );
}

function List(
  props: Props & {
    readonly act: Act;
    readonly say: (text: string) => void;
    readonly edit: (rule: Rule) => void;
  }
): React.JSX.Element {
  const { model, state, act, say, edit, trans } = props;
  const [removed, setRemoved] = React.useState<Rule | null>(null);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const remove = async (rule: Rule): Promise<void> => {
    await model.remove(rule.id);
    setRemoved(rule);
    say(trans.__('The rule is deleted: %1.', rule.name));
    heading.current?.focus();
  };
  const restore = async (rule: Rule): Promise<void> => {
    await model.restore(rule.id);
    setRemoved(null);
    say(trans.__('The rule is there again: %1.', rule.name));
    heading.current?.focus();
  };
  return (
    <section className="wb-Models-section" aria-labelledby="wb-rules-list">
      <h2 id="wb-rules-list" tabIndex={-1} ref={heading}>
        {trans.__('In order of precedence')}
      </h2>
      {removed !== null && (
        <div className="wb-Budgets-gone">
          <p>{trans.__('The rule is deleted: %1.', removed.name)}</p>
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              act(() => restore(removed));
            }}
          >
            {trans.__('Undo')}
          </button>
        </div>
      )}
      {state.rules.length === 0 ? (
        <p className="wb-Models-quiet">
          {trans.__('There is no rule. Add one below: it holds for the chat, notebooks, the command line and agents alike.')}
        </p>
      ) : (
        <ul className="wb-Models-list" aria-label={trans.__('Rules')}>
          {state.rules.map(each => {
            const beside = model.beside(each);
            return (
              <RuleItem
                key={each.id}
                each={each}
                experiences={state.experiences}
                isFirst={beside[0]?.id === each.id}
                isLast={beside.at(-1)?.id === each.id}
                trans={trans}
                move={by => {
                  act(() => model.move(each, by));
                }}
                change={() => {
                  edit(each);
                }}
                toggle={() => {
                  act(async () => {
                    await model.change(each, { enabled: !each.enabled });
                  });
                }}
                remove={() => {
                  act(() => remove(each));
                }}
              />
            );
          })}
        </ul>
      )}
      <details>
        <summary>{trans.__('What this order means')}</summary>
        <ol>
          {state.order.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </details>
    </section>
  );
}
