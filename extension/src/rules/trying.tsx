import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { HeadedForm, useSending } from '../tab/form.js';
import { Choice } from './form.js';
import type { RulesModel } from './model.js';
import type { Direction, Examined, RulesState } from './records.js';
import { directionWords } from './words.js';

interface Props {
  readonly model: RulesModel;
  readonly state: RulesState;
  readonly trans: TranslationBundle;
}

/** Where rules are tried on a text: nothing is sent, and nothing kept. */
export function Trying({ model, state, trans }: Props): React.JSX.Element {
  const [text, setText] = React.useState('');
  const [where, setWhere] = React.useState('');
  const [direction, setDirection] = React.useState<Direction>('outgoing');
  const [examined, setExamined] = React.useState<Examined | null>(null);
  const sending = useSending();
  return (
    <>
      <HeadedForm
        id="wb-rules-try"
        heading={trans.__('Try the rules')}
        sending={sending}
        submit={() => {
          sending.send(null, async () => {
            setExamined(await model.examine(text, direction, where === '' ? null : where));
          });
        }}
        label={trans.__('Try')}
        now=""
      >
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('A text')}</span>
          <textarea
            className="wb-Field-input"
            rows={3}
            value={text}
            onChange={event => {
              setText(event.target.value);
            }}
          />
        </label>
        <Choice
          label={trans.__('As')}
          value={direction}
          options={(['outgoing', 'incoming'] as const).map(each => [each, directionWords(each, trans)])}
          set={setDirection}
        />
        <Choice
          label={trans.__('As if it were in')}
          value={where}
          options={[
            ['', trans.__('No Experience')],
            ...state.experiences.map(({ id, name }): [string, string] => [id, name])
          ]}
          set={setWhere}
        />
      </HeadedForm>
      <div role="status">
        {examined !== null && (
          <>
            <p>{examined.message}</p>
            <pre className="wb-Rules-text">{examined.text}</pre>
          </>
        )}
      </div>
    </>
  );
}
