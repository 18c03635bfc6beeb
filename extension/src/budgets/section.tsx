import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../experiences/panel.js';
import { useActs } from '../tab/page.js';
import { changedBy, type Draft, draftOf, EMPTY, useOf } from './draft.js';
import { BudgetForm } from './form.js';
import { BudgetItem } from './item.js';
import type { BudgetsModel } from './model.js';
import type { Budget, BudgetsState } from './records.js';
import { budgetWords } from './words.js';

interface Props {
  readonly budgets: BudgetsModel;
  /** The names of those that there are. */
  readonly providers: readonly string[];
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** What models may cost and how much of it is spent, with the ways to change it. */
export function BudgetsSection(props: Props): React.JSX.Element {
  const { budgets, say, trans, language } = props;
  const state = useBudgets(budgets);
  const [draft, setDraft] = React.useState<Draft>(EMPTY);
  const [removed, setRemoved] = React.useState<Budget | null>(null);
  const [trouble, act] = useActs();
  const heading = React.useRef<HTMLHeadingElement>(null);
  const field = React.useRef<HTMLInputElement>(null);
  const nameOf = (budget: Budget): string => budgetWords(budget, state.experiences, trans);
  const remove = async (budget: Budget): Promise<void> => {
    await budgets.remove(budget.id);
    setRemoved(budget);
    say(trans.__('The budget is deleted: %1.', nameOf(budget)));
    heading.current?.focus();
  };
  const restore = async (budget: Budget): Promise<void> => {
    const { period, experience_id, provider, amount_usd, warn_percent, enabled } = budget;
    await budgets.set({ period, experience_id, provider, amount_usd, warn_percent, enabled });
    setRemoved(null);
    say(trans.__('The budget is there again: %1.', nameOf(budget)));
    heading.current?.focus();
  };
  const toggle = async (budget: Budget): Promise<void> => {
    await budgets.change(budget, { enabled: !budget.enabled });
  };
  const isGone =
    removed !== null && changedBy({ period: removed.period, use: useOf(removed) }, state.budgets) === null;
  return (
    <section className="wb-Models-section" aria-labelledby="wb-budgets">
      <h2 id="wb-budgets" tabIndex={-1} ref={heading}>
        {trans.__('Budgets')}
      </h2>
      {state.fault !== null && (
        <Problem fault={state.fault} label={trans.__('Try again')} onClick={() => void budgets.refresh()} />
      )}
      {trouble !== null && <Problem fault={trouble.fault} label={trans.__('Try again')} onClick={trouble.again} />}
      {state.phase === 'loading' && <p role="status">{trans.__('Reading the budgets…')}</p>}
      {isGone && (
        <div className="wb-Budgets-gone">
          <p>{trans.__('The budget is deleted: %1.', nameOf(removed))}</p>
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
      {state.phase !== 'loading' && (
        <>
          <List
            state={state}
            trans={trans}
            item={each => (
              <BudgetItem
                key={each.id}
                each={each}
                experiences={state.experiences}
                trans={trans}
                language={language}
                change={() => {
                  setDraft(draftOf(each.budget));
                  field.current?.focus();
                }}
                toggle={() => {
                  act(() => toggle(each.budget));
                }}
                remove={() => {
                  act(() => remove(each.budget));
                }}
              />
            )}
          />
          <BudgetForm {...props} {...{ state, draft, setDraft, field }} />
        </>
      )}
    </section>
  );
}

function List(props: {
  readonly state: BudgetsState;
  readonly item: (each: BudgetsState['budgets'][number]) => React.JSX.Element;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { state, item, trans } = props;
  if (state.budgets.length === 0) {
    return (
      <p className="wb-Models-quiet">
        {trans.__(
          'There is no budget. Set one below: where models would cost more in a day or a month, nothing is sent until you say so.'
        )}
      </p>
    );
  }
  return (
    <ul className="wb-Models-list" aria-label={trans.__('Budgets')}>
      {state.budgets.map(item)}
    </ul>
  );
}

/** The budgets as they are; what draws them is drawn again when they change. */
function useBudgets(budgets: BudgetsModel): BudgetsState {
  const subscribe = React.useCallback(
    (draw: () => void) => {
      budgets.changed.connect(draw);
      return () => {
        budgets.changed.disconnect(draw);
      };
    },
    [budgets]
  );
  return React.useSyncExternalStore(subscribe, () => budgets.state);
}
