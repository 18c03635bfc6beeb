import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Model } from '../chat/records.js';
import { HeadedForm, useSending } from '../tab/form.js';
import type { IAlerts } from '../tokens.js';
import { changedBy, type Draft, MEASURES, problemOf, thresholdOf } from './draft.js';
import type { AlertsState } from './records.js';
import { judgedWords, measureWords, modelWords, mostWords, thresholdWords, unitWords } from './words.js';

interface Props {
  readonly alerts: IAlerts;
  readonly models: readonly Model[];
  readonly state: AlertsState;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  /** Where the number is typed. */
  readonly field: React.RefObject<HTMLInputElement>;
  /** Says something to who does not see what has changed. */
  readonly say: (text: string) => void;
  readonly trans: TranslationBundle;
}

/** Where a threshold is set or changed. */
export function ThresholdForm(props: Props): React.JSX.Element {
  const { alerts, state, draft, setDraft, field, say, trans } = props;
  const sending = useSending();
  const present = changedBy(draft, state.thresholds);
  const submit = (): void => {
    sending.send(problemOf(draft, trans) === '' ? null : field, async () => {
      const made = await alerts.set(thresholdOf(draft));
      setDraft({ ...draft, most: '' });
      say(trans.__('The threshold is set: %1, %2.', thresholdWords(made, trans), mostWords(made, trans)));
    });
  };
  return (
    <HeadedForm
      id="wb-alerts-set"
      heading={trans.__('Set a threshold')}
      sending={sending}
      submit={submit}
      label={present === null ? trans.__('Set the threshold') : trans.__('Change the threshold')}
      now={present === null ? '' : trans.__('It is %1 now.', mostWords(present, trans))}
    >
      <Choices {...props} />
      <Most {...props} problem={sending.isTried ? problemOf(draft, trans) : ''} />
    </HeadedForm>
  );
}

function Choices({ models, draft, setDraft, trans }: Props): React.JSX.Element {
  const ids = models.map(each => each.id);
  const offered = draft.model === '' || ids.includes(draft.model) ? ids : [...ids, draft.model];
  return (
    <>
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('What is measured')}</span>
        <select
          className="wb-Field-input"
          value={draft.measure}
          onChange={event => {
            const measure = MEASURES.find(each => each === event.target.value);
            setDraft({ ...draft, measure: measure ?? draft.measure });
          }}
        >
          {MEASURES.map(each => (
            <option key={each} value={each}>
              {measureWords(each, trans)}
            </option>
          ))}
        </select>
      </label>
      <label className="wb-Field">
        <span className="wb-Field-label">{trans.__('For which model')}</span>
        <select
          className="wb-Field-input"
          value={draft.model}
          onChange={event => {
            setDraft({ ...draft, model: event.target.value });
          }}
        >
          <option value="">{modelWords(null, trans)}</option>
          {offered.map(each => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Most({ draft, setDraft, field, problem, trans }: Props & { readonly problem: string }): React.JSX.Element {
  return (
    <div className="wb-Field">
      <label className="wb-Field-label" htmlFor="wb-alerts-most">
        {trans.__('At most')} <small>{unitWords(draft.measure, trans)}</small>
      </label>
      <input
        ref={field}
        id="wb-alerts-most"
        className="wb-Field-input"
        inputMode="decimal"
        autoComplete="off"
        value={draft.most}
        aria-invalid={problem !== ''}
        aria-describedby="wb-alerts-judged wb-alerts-problem"
        onChange={event => {
          setDraft({ ...draft, most: event.target.value });
        }}
      />
      <p id="wb-alerts-judged" className="wb-Models-hint">
        {judgedWords(draft.measure, trans)}
      </p>
      <p id="wb-alerts-problem" className="wb-Field-problem">
        {problem}
      </p>
    </div>
  );
}
