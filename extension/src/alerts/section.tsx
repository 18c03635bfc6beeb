import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault, Model } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { ago } from '../experiences/time.js';
import type { IAlerts } from '../tokens.js';
import { type Draft, draftOf, EMPTY } from './draft.js';
import { ThresholdForm } from './form.js';
import type { Alert, AlertsState, Threshold } from './records.js';
import { keyOf } from './told.js';
import { measureWords, modelWords, mostWords, thresholdWords } from './words.js';

interface Options {
  readonly alerts: IAlerts;
  readonly models: readonly Model[];
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

type Props = Options & {
  readonly state: AlertsState;
  /** Puts a threshold into the form, to be changed. */
  readonly change: (threshold: Pick<Threshold, 'measure' | 'model' | 'most'>) => void;
};

/** Where models take more than is allowed, and what is allowed, with the ways to change it. */
export function AlertsSection(options: Options): React.JSX.Element {
  const { alerts, models, say, trans } = options;
  const state = useAlerts(alerts);
  const [draft, setDraft] = React.useState<Draft>(EMPTY);
  const field = React.useRef<HTMLInputElement>(null);
  const props: Props = {
    ...options,
    state,
    change: threshold => {
      setDraft(draftOf(threshold));
      field.current?.focus();
    }
  };
  return (
    <section className="wb-Models-section" aria-labelledby="wb-alerts">
      <h2 id="wb-alerts" tabIndex={-1}>
        {trans.__('Alerts')}
      </h2>
      {state.fault !== null && (
        <Problem fault={state.fault} label={trans.__('Try again')} onClick={() => void alerts.refresh()} />
      )}
      {state.phase === 'loading' && <p role="status">{trans.__('Reading the alerts…')}</p>}
      {state.phase !== 'loading' && (
        <>
          <Standing {...props} />
          <Thresholds {...props} />
          <ThresholdForm {...{ alerts, models, state, draft, setDraft, field, say, trans }} />
        </>
      )}
    </section>
  );
}

function Standing(props: Props): React.JSX.Element {
  const { state, trans } = props;
  if (state.alerts.length === 0) {
    return (
      <p className="wb-Models-quiet">
        {state.thresholds.length > 0
          ? trans.__('No threshold is passed.')
          : trans.__(
              'There is no threshold yet. Set one below: where a model takes more over 24 hours, an alert is raised here, in the status bar and in a notification.'
            )}
      </p>
    );
  }
  return (
    <ul className="wb-Models-list" aria-label={trans.__('Alerts')}>
      {state.alerts.map(each => (
        <StandingAlert key={keyOf(each)} {...props} each={each} />
      ))}
    </ul>
  );
}

function StandingAlert({ each, state, change, trans, language }: Props & { readonly each: Alert }): React.JSX.Element {
  const threshold = state.thresholds.find(one => one.id === each.threshold_id);
  return (
    <li className="wb-Models-item">
      <p className="wb-Models-fault">{each.message}</p>
      <p className="wb-Models-quiet">
        {trans.__('Last request:')}{' '}
        <time dateTime={each.last_at} title={new Date(each.last_at).toLocaleString()}>
          {ago(each.last_at, language)}
        </time>
      </p>
      {threshold !== undefined && (
        <div className="wb-Models-buttons">
          <button
            type="button"
            className="wb-Models-button"
            aria-label={trans.__('Change its threshold: %1', thresholdWords({ measure: threshold.measure, model: each.model }, trans))}
            onClick={() => {
              change(threshold);
            }}
          >
            {trans.__('Change its threshold')}
          </button>
        </div>
      )}
    </li>
  );
}

function Thresholds(props: Props): React.JSX.Element | null {
  const { alerts, state, say, trans } = props;
  const heading = React.useRef<HTMLHeadingElement>(null);
  const [failed, setFailed] = React.useState<{ readonly fault: Fault; readonly each: Threshold } | null>(null);
  const remove = async (each: Threshold): Promise<void> => {
    setFailed(null);
    try {
      await alerts.remove(each.id);
      say(trans.__('The threshold is removed: %1.', thresholdWords(each, trans)));
      heading.current?.focus();
    } catch (error) {
      setFailed({ fault: faultOf(error), each });
    }
  };
  return (
    <>
      <h3 tabIndex={-1} ref={heading}>
        {trans.__('Thresholds')}
      </h3>
      {failed !== null && (
        <Problem fault={failed.fault} label={trans.__('Try again')} onClick={() => void remove(failed.each)} />
      )}
      {state.thresholds.length > 0 && (
        <ul className="wb-Models-list" aria-label={trans.__('Thresholds')}>
          {state.thresholds.map(each => (
            <SetThreshold key={each.id} {...props} each={each} remove={() => void remove(each)} />
          ))}
        </ul>
      )}
    </>
  );
}

function SetThreshold(
  props: Props & { readonly each: Threshold; readonly remove: () => void }
): React.JSX.Element {
  const { each, change, remove, trans } = props;
  const name = thresholdWords(each, trans);
  return (
    <li className="wb-Models-item wb-Alerts-threshold">
      <p>
        <strong>
          {measureWords(each.measure, trans)}: {mostWords(each, trans)}
        </strong>
        <br />
        {modelWords(each.model, trans)}
      </p>
      <div className="wb-Models-buttons">
        <button
          type="button"
          className="wb-Models-button"
          aria-label={trans.__('Change: %1', name)}
          onClick={() => {
            change(each);
          }}
        >
          {trans.__('Change')}
        </button>
        <button type="button" className="wb-Models-button" aria-label={trans.__('Remove: %1', name)} onClick={remove}>
          {trans.__('Remove')}
        </button>
      </div>
    </li>
  );
}

/** The alerts as they are; what draws them is drawn again when they change. */
function useAlerts(alerts: IAlerts): AlertsState {
  const subscribe = React.useCallback(
    (draw: () => void) => {
      alerts.changed.connect(draw);
      return () => {
        alerts.changed.disconnect(draw);
      };
    },
    [alerts]
  );
  return React.useSyncExternalStore(subscribe, () => alerts.state);
}
