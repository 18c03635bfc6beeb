import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { HeadedForm, useSending } from '../tab/form.js';
import { amountProblem, budgetOf, changedBy, type Draft, EMPTY, usedBy, useOf, warnProblem } from './draft.js';
import type { BudgetsModel } from './model.js';
import type { Budget, BudgetsState } from './records.js';
import { budgetWords, coversWords, mostWords } from './words.js';

interface Props {
  readonly budgets: BudgetsModel;
  /** The names of those that there are. */
  readonly providers: readonly string[];
  readonly state: BudgetsState;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  /** Where the amount is typed. */
  readonly field: React.RefObject<HTMLInputElement>;
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
}

/** Where a budget is set or changed. */
export function BudgetForm(props: Props): React.JSX.Element {
  const { budgets, state, draft, setDraft, field, say, trans } = props;
  const sending = useSending();
  const { isTried } = sending;
  const share = React.useRef<HTMLInputElement>(null);
  const present = changedBy(draft, state.budgets);
  const submit = (): void => {
    const isWrong = amountProblem(draft, trans) !== '';
    const wrong = isWrong ? field : warnProblem(draft, trans) === '' ? null : share;
    sending.send(wrong, async () => {
      const made = await save(budgets, draft, present);
      setDraft({ ...draft, amount: EMPTY.amount });
      say(trans.__('The budget is set: %1, %2.', budgetWords(made, state.experiences, trans), mostWords(made, trans)));
    });
  };
  return (
    <HeadedForm
      id="wb-budgets-set"
      heading={trans.__('Set a budget')}
      sending={sending}
      submit={submit}
      label={present === null ? trans.__('Set the budget') : trans.__('Change the budget')}
      now={
        present === null
          ? ''
          : trans.__('It is %1 now, and warns from %2 % on.', mostWords(present, trans), present.warn_percent)
      }
    >
      <Choices {...props} />
      <TextField
        id="wb-budgets-amount"
        label={trans.__('At most')}
        unit={trans.__('US dollars')}
        hint={trans.__('At this amount nothing more is sent to a provider. A model on this machine costs nothing.')}
        field={field}
        value={draft.amount}
        problem={isTried ? amountProblem(draft, trans) : ''}
        set={amount => {
          setDraft({ ...draft, amount });
        }}
      />
      <TextField
        id="wb-budgets-warn"
        label={trans.__('Warn from')}
        unit={trans.__('percent')}
        hint={trans.__('From this share on the chat and the alerts say how much is spent.')}
        field={share}
        value={draft.warn}
        problem={isTried ? warnProblem(draft, trans) : ''}
        set={warn => {
          setDraft({ ...draft, warn });
        }}
      />
    </HeadedForm>
  );
}

/** A budget that is there stays as it is otherwise: one that is off stays off. */
function save(budgets: BudgetsModel, draft: Draft, present: Budget | null): Promise<Budget> {
  const wanted = budgetOf(draft);
  const { amount_usd, warn_percent } = wanted;
  return present === null ? budgets.set(wanted) : budgets.change(present, { amount_usd, warn_percent });
}

function Choices({ providers, state, draft, setDraft, trans }: Props): React.JSX.Element {
  const uses = [
    '',
    ...state.experiences
      .filter(each => each.state === 'active')
      .map(each => useOf({ experience_id: each.id, provider: null })),
    ...providers.map(name => useOf({ experience_id: null, provider: name }))
  ];
  const offered = uses.includes(draft.use) ? uses : [...uses, draft.use];
  return (
    <>
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('What it covers')}</span>
        <select
          className="wb-Field-input"
          value={draft.use}
          onChange={event => {
            setDraft({ ...draft, use: event.target.value });
          }}
        >
          {offered.map(each => (
            <option key={each} value={each}>
              {coversWords(usedBy(each), state.experiences, trans)}
            </option>
          ))}
        </select>
      </label>
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('For how long')}</span>
        <select
          className="wb-Field-input"
          value={draft.period}
          onChange={event => {
            setDraft({ ...draft, period: event.target.value === 'day' ? 'day' : 'month' });
          }}
        >
          <option value="month">{trans.__('Each month')}</option>
          <option value="day">{trans.__('Each day')}</option>
        </select>
      </label>
    </>
  );
}

function TextField(props: {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly hint: string;
  readonly field: React.RefObject<HTMLInputElement>;
  readonly value: string;
  readonly problem: string;
  readonly set: (value: string) => void;
}): React.JSX.Element {
  const { id, problem } = props;
  return (
    <div className="wb-Field">
      <label className="wb-Field-label" htmlFor={id}>
        {props.label} <small>{props.unit}</small>
      </label>
      <input
        ref={props.field}
        id={id}
        className="wb-Field-input"
        inputMode="decimal"
        autoComplete="off"
        value={props.value}
        aria-invalid={problem !== ''}
        aria-describedby={`${id}-hint ${id}-problem`}
        onChange={event => {
          props.set(event.target.value);
        }}
      />
      <p id={`${id}-hint`} className="wb-Models-hint">
        {props.hint}
      </p>
      <p id={`${id}-problem`} className="wb-Field-problem">
        {problem}
      </p>
    </div>
  );
}
