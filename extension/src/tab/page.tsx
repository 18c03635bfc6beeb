import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { Unlock } from '../experiences/unlock.js';
import { useKeptFocus } from './focus.js';
import type { Progress } from './reading.js';

/** Does something that may fail, and says so with the way to do it again. */
export type Act = (work: () => Promise<void>) => void;

/** What was tried last and failed, and the way to try it again. */
export interface Trouble {
  readonly fault: Fault;
  readonly again: () => void;
}

/** Works that may fail: what went wrong with the last of them, and the way to begin one. */
export function useActs(): readonly [Trouble | null, Act] {
  const [trouble, setTrouble] = React.useState<Trouble | null>(null);
  const act: Act = work => {
    setTrouble(null);
    void work().catch((error: unknown) => {
      setTrouble({
        fault: faultOf(error),
        again: () => {
          act(work);
        }
      });
    });
  };
  return [trouble, act];
}

/** A tab's page: its heading, what is in the way, and the rest; where the store is locked, the way to unlock it alone. */
export function Page(props: {
  readonly className: string;
  readonly heading: string;
  readonly progress: Progress;
  /** What is said until something is read. */
  readonly loading: string;
  readonly trouble: Trouble | null;
  readonly refresh: () => Promise<void>;
  readonly unlock: (passphrase: string) => Promise<void>;
  readonly trans: TranslationBundle;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  const { progress, refresh, trans } = props;
  const page = useKeptFocus();
  if (progress.fault?.code === 'locked') {
    return <Unlock unlock={props.unlock} trans={trans} />;
  }
  const shown = props.trouble ?? (progress.fault && { fault: progress.fault, again: () => void refresh() });
  return (
    <div className={props.className} {...page}>
      <h1 tabIndex={-1}>{props.heading}</h1>
      {shown !== null && <Problem fault={shown.fault} label={trans.__('Try again')} onClick={shown.again} />}
      {progress.phase === 'loading' && <p role="status">{props.loading}</p>}
      {props.children}
    </div>
  );
}
