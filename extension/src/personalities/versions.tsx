import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { ago } from '../experiences/time.js';
import type { PersonalitiesModel } from './model.js';
import type { Personality, PersonalityDifference, PersonalityVersion, VersionFigures } from './records.js';

interface Props {
  readonly personalities: PersonalitiesModel;
  readonly personality: Personality;
  readonly rollBack: (version: number) => void;
  readonly trans: TranslationBundle;
  readonly language: string;
}

/** What a personality has been, what was changed from one to the next, and the way back. */
export function Versions({ personalities, personality, rollBack, trans, language }: Props): React.JSX.Element {
  const [versions, setVersions] = React.useState<readonly PersonalityVersion[]>([]);
  const [figures, setFigures] = React.useState<readonly VersionFigures[]>([]);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const { id, version } = personality;
  const read = React.useCallback(() => {
    setFault(null);
    Promise.all([personalities.versions(id), personalities.figures(id)]).then(
      ([found, measured]) => {
        setVersions(found);
        setFigures(measured);
      },
      (error: unknown) => {
        setFault(faultOf(error));
      }
    );
  }, [personalities, id]);
  React.useEffect(read, [read, version]);
  return (
    <section aria-labelledby="wb-personality-versions">
      <h3 id="wb-personality-versions">{trans.__('Versions')}</h3>
      {fault !== null && <Problem fault={fault} label={trans.__('Try again')} onClick={read} />}
      <ol className="wb-Personalities-versions" aria-labelledby="wb-personality-versions">
        {versions.map(each => (
          <li key={each.number}>
            <p>
              <strong>{trans.__('Version %1', String(each.number))}</strong>{' '}
              <span className="wb-Models-hint">{ago(each.created_at, language)}</span>
              {each.note !== '' && <span> · {each.note}</span>}
            </p>
            <p className="wb-Models-hint">{figuresWords(figures.find(of => of.version === each.number), trans)}</p>
            {each.number > 1 && (
              <Difference personalities={personalities} id={id} number={each.number} trans={trans} />
            )}
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

/** How many replies a version shaped, how they were rated, and what one cost. */
function figuresWords(of: VersionFigures | undefined, trans: TranslationBundle): string {
  if (of === undefined) {
    return trans.__('It has shaped no reply yet.');
  }
  const cost = Number(of.mean_cost_usd);
  const words = [
    trans._n('%1 reply', '%1 replies', of.replies),
    of.up > 0 && trans.__('%1 rated good', String(of.up)),
    of.down > 0 && trans.__('%1 rated bad', String(of.down)),
    of.mean_cost_usd !== null && (cost === 0 ? trans.__('free') : trans.__('$%1 each', cost.toPrecision(2)))
  ];
  return words.filter(Boolean).join(' · ');
}

/** What was changed to make a version, once it is asked for. */
function Difference(props: {
  readonly personalities: PersonalitiesModel;
  readonly id: string;
  readonly number: number;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { personalities, id, number, trans } = props;
  const [found, setFound] = React.useState<PersonalityDifference | null>(null);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const read = (isOpen: boolean): void => {
    if (isOpen && found === null) {
      personalities.difference(id, number - 1, number).then(setFound, (error: unknown) => {
        setFault(faultOf(error));
      });
    }
  };
  return (
    <details
      onToggle={event => {
        read(event.currentTarget.open);
      }}
    >
      <summary>{trans.__('What was changed in version %1', String(number))}</summary>
      {fault !== null && <p className="wb-Models-fault">{fault.message}</p>}
      {found?.fields.map(field => (
        <div key={field.field} className="wb-Difference">
          <p className="wb-Difference-field">{fieldWords(field.field, trans)}</p>
          {field.lines.map((line, at) => (
            <p key={at} className={`wb-Difference-line wb-mod-${line.mark}`}>
              <span className="wb-Difference-sign" aria-hidden>
                {line.mark === 'added' ? '+' : line.mark === 'removed' ? '−' : ' '}
              </span>
              {line.mark === 'added' ? (
                <ins>{line.text}</ins>
              ) : line.mark === 'removed' ? (
                <del>{line.text}</del>
              ) : (
                <span>{line.text}</span>
              )}
            </p>
          ))}
        </div>
      ))}
    </details>
  );
}

/** What a field is called in the editor. */
function fieldWords(field: string, trans: TranslationBundle): string {
  const words: Readonly<Record<string, string>> = {
    name: trans.__('Name'),
    description: trans.__('What it is good for'),
    role: trans.__('Who answers'),
    traits: trans.__('Traits'),
    tone: trans.__('Tone'),
    style: trans.__('Style'),
    formality: trans.__('Formality'),
    audience: trans.__('Who it writes for'),
    do: trans.__('Do'),
    dont: trans.__('Do not'),
    examples: trans.__('Examples'),
    language: trans.__('Language'),
    emoji: trans.__('Emoji'),
    length: trans.__('Length')
  };
  return words[field] ?? field;
}
