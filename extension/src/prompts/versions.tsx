import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { ago } from '../experiences/time.js';
import type { PromptsModel } from './model.js';
import type { Figures, Prompt, PromptDifference, PromptVersion } from './records.js';

interface Props {
  readonly prompts: PromptsModel;
  readonly prompt: Prompt;
  readonly rollBack: (version: number) => void;
  readonly trans: TranslationBundle;
  readonly language: string;
}

/** What a prompt has been, how each version did, what was changed from one to the next, and the way back. */
export function Versions({ prompts, prompt, rollBack, trans, language }: Props): React.JSX.Element {
  const [versions, setVersions] = React.useState<readonly PromptVersion[]>([]);
  const [figures, setFigures] = React.useState<readonly Figures[]>([]);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const { id, version } = prompt;
  const read = React.useCallback(() => {
    setFault(null);
    Promise.all([prompts.versions(id), prompts.figures(id)]).then(
      ([found, did]) => {
        setVersions(found);
        setFigures(did);
      },
      (error: unknown) => {
        setFault(faultOf(error));
      }
    );
  }, [prompts, id]);
  React.useEffect(read, [read, version]);
  return (
    <section aria-labelledby="wb-prompt-versions">
      <h3 id="wb-prompt-versions">{trans.__('Versions')}</h3>
      {fault !== null && <Problem fault={fault} label={trans.__('Try again')} onClick={read} />}
      <ol className="wb-Prompts-versions" aria-labelledby="wb-prompt-versions">
        {versions.map(each => (
          <li key={each.number}>
            <p>
              <strong>{trans.__('Version %1', String(each.number))}</strong>{' '}
              <span className="wb-Models-hint">{ago(each.created_at, language)}</span>
              {each.note !== '' && <span> · {each.note}</span>}
            </p>
            <Did figures={figures.find(did => did.version === each.number)} trans={trans} />
            {each.number > 1 && <Difference prompts={prompts} id={id} number={each.number} trans={trans} />}
            {each.number !== version && (
              <button
                type="button"
                className="wb-Models-button"
                aria-label={trans.__('Go back to version %1', String(each.number))}
                onClick={() => {
                  rollBack(each.number);
                }}
              >
                {trans.__('Go back to it')}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Did(props: {
  readonly figures: Figures | undefined;
  readonly trans: TranslationBundle;
}): React.JSX.Element | null {
  const { figures, trans } = props;
  if (figures === undefined) {
    return null;
  }
  const { replies, up, down, mean_cost_usd: cost } = figures;
  const facts = [
    trans._n('%1 reply', '%1 replies', replies),
    up + down > 0 ? trans.__('%1 up, %2 down', String(up), String(down)) : '',
    cost === null ? '' : trans.__('$%1 each', Number(cost).toPrecision(2))
  ];
  return <p className="wb-Models-hint">{facts.filter(each => each !== '').join(' · ')}</p>;
}

function Difference(props: {
  readonly prompts: PromptsModel;
  readonly id: string;
  readonly number: number;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { prompts, id, number, trans } = props;
  const [found, setFound] = React.useState<PromptDifference | Fault | null>(null);
  const read = (): void => {
    prompts.difference(id, number - 1, number).then(setFound, (error: unknown) => {
      setFound(faultOf(error));
    });
  };
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open && found === null) {
          read();
        }
      }}
    >
      <summary>{trans.__('What was changed in version %1', String(number))}</summary>
      {found !== null && 'message' in found && <p>{found.message}</p>}
      {found !== null &&
        'fields' in found &&
        found.fields.map(field => (
          <div key={field.field}>
            <p className="wb-Models-hint">{field.field}</p>
            {field.lines.map((line, at) => (
              <div key={at} className={`wb-Prompts-line wb-mod-${line.mark}`}>
                {line.mark === 'added' ? <ins>+ {line.text}</ins> : line.mark === 'removed' ? <del>− {line.text}</del> : line.text}
              </div>
            ))}
          </div>
        ))}
    </details>
  );
}
