import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Experience } from '../chat/records.js';
import type { BudgetState } from './records.js';
import { besidesWords, budgetWords, coversWords, mostWords, spentWords, standingWords, untilWords } from './words.js';

interface Props {
  readonly each: BudgetState;
  readonly experiences: readonly Experience[];
  readonly trans: TranslationBundle;
  readonly language: string;
  readonly change: () => void;
  readonly toggle: () => void;
  readonly remove: () => void;
}

/** A budget, how much of it is spent, and what can be done with it. */
export function BudgetItem(props: Props): React.JSX.Element {
  const { each, experiences, trans, language } = props;
  const standing = standingWords(each, trans);
  const besides = besidesWords(each, trans);
  return (
    <li className="wb-Models-item">
      <p className="wb-Models-title">
        <strong>
          {coversWords(each.budget, experiences, trans)}: {mostWords(each.budget, trans)}
        </strong>
        {standing !== '' && <span className="wb-Badge">{standing}</span>}
      </p>
      <Meter {...props} />
      <p>
        {spentWords(each, trans)}, {trans.__('until')} <time dateTime={each.until}>{untilWords(each, language)}</time>.
      </p>
      <p className="wb-Models-quiet">
        {trans.__('It warns from %1 % on.', each.budget.warn_percent)} {besides}
      </p>
      <Buttons {...props} />
    </li>
  );
}

function Meter({ each, experiences, trans }: Props): React.JSX.Element {
  const full = Math.min(each.percent, 100);
  const isLow = each.budget.enabled && each.percent >= each.budget.warn_percent;
  return (
    <div
      className={isLow ? 'wb-Budgets-meter wb-mod-low' : 'wb-Budgets-meter'}
      role="meter"
      aria-label={trans.__('Spent: %1', budgetWords(each.budget, experiences, trans))}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={full}
      aria-valuetext={spentWords(each, trans)}
    >
      <span style={{ width: `${String(full)}%` }} />
    </div>
  );
}

function Buttons({ each, experiences, trans, change, toggle, remove }: Props): React.JSX.Element {
  const name = budgetWords(each.budget, experiences, trans);
  const { enabled } = each.budget;
  return (
    <div className="wb-Models-buttons">
      <button
        type="button"
        role="switch"
        aria-checked={enabled}
        aria-label={trans.__('Enabled: %1', name)}
        className={enabled ? 'wb-Models-button wb-Models-switch wb-mod-on' : 'wb-Models-button wb-Models-switch'}
        onClick={toggle}
      >
        {trans.__('Enabled')}
      </button>
      <button type="button" className="wb-Models-button" aria-label={trans.__('Change: %1', name)} onClick={change}>
        {trans.__('Change')}
      </button>
      <button type="button" className="wb-Models-button" aria-label={trans.__('Delete: %1', name)} onClick={remove}>
        {trans.__('Delete')}
      </button>
    </div>
  );
}
