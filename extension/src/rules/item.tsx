import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Experience } from '../chat/records.js';
import type { Rule } from './records.js';
import { actionWords, directionWords, kindWords, looks, scopeWords, soughtWords } from './words.js';

interface Props {
  readonly each: Rule;
  readonly experiences: readonly Experience[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly trans: TranslationBundle;
  readonly move: (by: -1 | 1) => void;
  readonly change: () => void;
  readonly toggle: () => void;
  readonly remove: () => void;
}

/** A rule: what it looks for, where, and what can be done with it. */
export function RuleItem(props: Props): React.JSX.Element {
  const { each, experiences, trans } = props;
  return (
    <li className="wb-Models-item">
      <p className="wb-Models-title">
        <strong>{each.name}</strong>
        <span className="wb-Badge">{scopeWords(each, experiences, trans)}</span>
        {looks(each.kind) && <span className="wb-Badge">{actionWords(each.action, trans)}</span>}
        {!each.enabled && <span className="wb-Badge">{trans.__('Off')}</span>}
      </p>
      <p>
        {kindWords(each.kind, trans)}
        {soughtWords(each, trans) !== '' && `: ${soughtWords(each, trans)}`}
      </p>
      {looks(each.kind) && (
        <p className="wb-Models-quiet">
          {directionWords(each.direction, trans)}
          {each.direction !== 'outgoing' &&
            each.longest > 0 &&
            `. ${trans.__('A reply is held back by at most %1 characters.', each.longest)}`}
        </p>
      )}
      <Buttons {...props} />
    </li>
  );
}

function Buttons({ each, isFirst, isLast, trans, move, change, toggle, remove }: Props): React.JSX.Element {
  const { name, enabled } = each;
  const buttons: readonly (readonly [string, string, () => void, boolean])[] = [
    [trans.__('Up'), trans.__('Up: %1', name), () => { move(-1); }, isFirst],
    [trans.__('Down'), trans.__('Down: %1', name), () => { move(1); }, isLast],
    [trans.__('Change'), trans.__('Change: %1', name), change, false],
    [trans.__('Delete'), trans.__('Delete: %1', name), remove, false]
  ];
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
      {buttons.map(([label, words, act, isIdle]) => (
        <button
          key={label}
          type="button"
          className="wb-Models-button"
          aria-label={words}
          aria-disabled={isIdle}
          onClick={() => {
            if (!isIdle) {
              act();
            }
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
