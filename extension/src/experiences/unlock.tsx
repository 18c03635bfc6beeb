import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { privateIcon } from '../icons.js';
import { faultOf } from './model.js';

/** Asks for the passphrase of a locked store. */
export function Unlock(props: {
  /** Rejects with an `ApiError` where the passphrase is another one. */
  readonly unlock: (passphrase: string) => Promise<void>;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { unlock, trans } = props;
  const id = React.useId();
  const [passphrase, setPassphrase] = React.useState('');
  const [isBusy, setBusy] = React.useState(false);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    try {
      await unlock(passphrase);
    } catch (error) {
      setFault(faultOf(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="wb-Unlock"
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <privateIcon.react tag="span" className="wb-Experiences-picture" width="32px" height="32px" />
      <p>{trans.__('Your workbench is locked. Its passphrase opens it.')}</p>
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('Passphrase')}</span>
        <input
          className="wb-Field-input"
          type="password"
          autoComplete="current-password"
          value={passphrase}
          aria-describedby={id}
          onChange={event => {
            setPassphrase(event.target.value);
          }}
        />
      </label>
      <p id={id} className="wb-Field-problem" role="alert">
        {fault !== null && `${fault.message} ${fault.remedy}`}
      </p>
      <button type="submit" className="wb-Experiences-new" disabled={isBusy || passphrase === ''}>
        {isBusy ? trans.__('Unlocking…') : trans.__('Unlock')}
      </button>
    </form>
  );
}
