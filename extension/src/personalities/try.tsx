import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Message, Model } from '../chat/records.js';
import { characterOf, type Draft } from './draft.js';
import type { PersonalitiesModel } from './model.js';
import { EMPTY, Scratch, type ScratchState } from './scratch.js';

interface Props {
  readonly personalities: PersonalitiesModel;
  readonly draft: Draft;
  /** Questions that show what it does. */
  readonly samples: readonly string[];
  readonly models: readonly Model[];
  readonly trans: TranslationBundle;
}

/** A scratch chat, which asks with what is written in the fields at that moment. */
export function Try({ personalities, draft, samples, models, trans }: Props): React.JSX.Element {
  const [state, setState] = React.useState<ScratchState>(EMPTY);
  const [question, setQuestion] = React.useState('');
  const [model, setModel] = React.useState('');
  const scratch = React.useMemo(() => new Scratch(personalities, setState), [personalities]);
  React.useEffect(() => () => {
    scratch.clear();
  }, [scratch]);
  const isRunning = state.arriving !== null;
  const isDemo = models.find(each => each.id === model)?.demo ?? (models.length > 0 && models.every(each => each.demo));
  const ask = (text: string): void => {
    setQuestion('');
    void scratch.ask(text, characterOf(draft), model === '' ? null : model);
  };
  return (
    <section aria-labelledby="wb-personality-try">
      <h3 id="wb-personality-try">{trans.__('Try it')}</h3>
      <p className="wb-Models-hint">
        {trans.__('A scratch chat, shaped by the fields as they stand. Nothing of it is kept but what it cost.')}
      </p>
      {isDemo && (
        <p className="wb-Models-hint">
          {trans.__('The demo model is very small: it follows a personality only a little, and mostly writes English.')}
        </p>
      )}
      <Turns state={state} trans={trans} />
      <form
        className="wb-Personalities-ask"
        onSubmit={event => {
          event.preventDefault();
          ask(question);
        }}
      >
        <textarea
          className="wb-Field-input"
          rows={2}
          aria-label={trans.__('Question')}
          placeholder={trans.__('Ask something')}
          value={question}
          onChange={event => {
            setQuestion(event.target.value);
          }}
          onKeyDown={event => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              ask(question);
            }
          }}
        />
        <div className="wb-Models-buttons">
          {isRunning ? (
            <button type="button" className="wb-Models-button" onClick={() => void scratch.stop()}>
              {trans.__('Stop')}
            </button>
          ) : (
            <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={question.trim() === ''}>
              {trans.__('Ask')}
            </button>
          )}
          {state.said.length > 0 && (
            <button
              type="button"
              className="wb-Models-button"
              onClick={() => {
                scratch.clear();
              }}
            >
              {trans.__('Clear')}
            </button>
          )}
          <select
            className="wb-Field-input"
            aria-label={trans.__('Model to ask')}
            value={model}
            onChange={event => {
              setModel(event.target.value);
            }}
          >
            <option value="">{trans.__('The default model')}</option>
            {models.map(each => (
              <option key={each.id} value={each.id}>
                {each.id}
              </option>
            ))}
          </select>
        </div>
      </form>
      {state.said.length === 0 && samples.length > 0 && (
        <ul className="wb-Personalities-samples" aria-label={trans.__('Questions to try')}>
          {samples.map(each => (
            <li key={each}>
              <button
                type="button"
                className="wb-Models-button"
                onClick={() => {
                  ask(each);
                }}
              >
                {each}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Turns({ state, trans }: { readonly state: ScratchState; readonly trans: TranslationBundle }): React.JSX.Element {
  const { said, arriving, waiting, fault, last } = state;
  const reply = arriving === null ? '' : arriving === '' ? waiting || trans.__('Asking…') : arriving;
  return (
    <>
      <ol className="wb-Personalities-turns" aria-label={trans.__('Scratch chat')}>
        {said.map((each, at) => (
          <li key={at} className={each.author === 'user' ? 'wb-mod-asked' : 'wb-mod-answered'}>
            {each.text}
          </li>
        ))}
        {arriving !== null && <li className="wb-mod-answered wb-mod-running">{reply}</li>}
      </ol>
      {fault !== null && (
        <p className="wb-Models-fault">
          {fault.message} {fault.remedy}
        </p>
      )}
      <p className="wb-Models-hint" role="status">
        {fault === null && last !== null && took(last, trans)}
      </p>
    </>
  );
}

/** Which model it was, how long it took, and what it cost. */
function took({ model_name, total_ms, cost_usd }: Message, trans: TranslationBundle): string {
  const cost = Number(cost_usd);
  const words = [
    model_name,
    total_ms !== null && trans.__('%1 s', (total_ms / 1000).toFixed(1)),
    cost_usd === null ? trans.__('cost unknown') : cost === 0 ? trans.__('free') : `$${cost.toPrecision(2)}`
  ];
  return words.filter(Boolean).join(' · ');
}
