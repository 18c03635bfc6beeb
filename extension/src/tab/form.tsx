import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';

/** How the sending of a form stands. */
export interface Sending {
  /** It was tried with what is written now: from then on what is wrong with a field is said beside it. */
  readonly isTried: boolean;
  readonly isBusy: boolean;
  /** Why the owner did not take it. */
  readonly fault: Fault | null;
  /** Sends the form with `work`; or goes to `wrong`, the first field that has to be set right. */
  readonly send: (wrong: React.RefObject<HTMLElement> | null, work: () => Promise<void>) => void;
}

/** The sending of a form, once at a time. */
export function useSending(): Sending {
  const [isTried, setTried] = React.useState(false);
  const [isBusy, setBusy] = React.useState(false);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const begin = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      setTried(false);
    } catch (error) {
      setFault(faultOf(error));
    } finally {
      setBusy(false);
    }
  };
  const send: Sending['send'] = (wrong, work) => {
    if (isBusy) {
      return;
    }
    setFault(null);
    setTried(true);
    if (wrong === null) {
      void begin(work);
    } else {
      wrong.current?.focus();
    }
  };
  return { isTried, isBusy, fault, send };
}

/** A form under a heading, with its one button and what the owner has against it. */
export function HeadedForm(props: {
  readonly id: string;
  readonly heading: string;
  readonly sending: Sending;
  readonly submit: () => void;
  /** What the button says. */
  readonly label: string;
  /** What is so now; empty: nothing yet. */
  readonly now: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  const { isBusy, fault } = props.sending;
  return (
    <form
      className="wb-Models-form"
      aria-labelledby={props.id}
      autoComplete="off"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        props.submit();
      }}
    >
      <h3 id={props.id}>{props.heading}</h3>
      {props.children}
      {fault !== null && (
        <div className="wb-Problem" role="alert">
          <p className="wb-Problem-text">
            {fault.message} {fault.remedy}
          </p>
        </div>
      )}
      <div className="wb-Models-buttons">
        <button type="submit" className="wb-Models-button" aria-disabled={isBusy}>
          {props.label}
        </button>
        {props.now !== '' && <p className="wb-Models-quiet">{props.now}</p>}
      </div>
    </form>
  );
}
