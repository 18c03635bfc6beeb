import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { characterOf, type Draft } from './draft.js';
import type { PersonalitiesModel } from './model.js';
import type { Character } from './records.js';

/** How long somebody may pause before what is written is looked at. */
const PAUSE_MS = 150;
/** About as many characters are a token of English text. */
const CHARACTERS_PER_TOKEN = 4;

/** What a model would be told, as the fields stand. */
export function Instruction(props: {
  readonly personalities: PersonalitiesModel;
  readonly draft: Draft;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { personalities, draft, trans } = props;
  const [text, setText] = React.useState('');
  const [fault, setFault] = React.useState<Fault | null>(null);
  const character = JSON.stringify(characterOf(draft));
  React.useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      personalities.render(JSON.parse(character) as Character).then(
        written => {
          if (isCurrent) {
            setText(written);
            setFault(null);
          }
        },
        (error: unknown) => {
          if (isCurrent) {
            setFault(faultOf(error));
          }
        }
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [personalities, character]);
  const tokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  return (
    <section aria-labelledby="wb-personality-told">
      <h3 id="wb-personality-told">{trans.__('What the model is told')}</h3>
      {fault !== null && (
        <p className="wb-Models-fault" role="status">
          {fault.message} {fault.remedy}
        </p>
      )}
      <pre className="wb-Personalities-told" tabIndex={0} aria-labelledby="wb-personality-told">
        {text === '' ? trans.__('Nothing yet: fill in a field.') : text}
      </pre>
      {text !== '' && (
        <p className="wb-Models-hint">{trans.__('About %1 tokens, sent with every question.', tokens.toLocaleString())}</p>
      )}
    </section>
  );
}
