import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { components } from '../api.js';
import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { ago } from '../experiences/time.js';

type Schemas = components['schemas'];
type Figures = Schemas['VersionFigures'];
type Version = Pick<Schemas['PersonalityVersion'], 'number' | 'created_at' | 'note'>;
type Fields = readonly Schemas['FieldDifference'][];

/** Where the versions of something are read. What is asked rejects with an `ApiError`. */
export interface VersionsSource {
  versions(id: string): Promise<readonly Version[]>;
  /** How the replies were that each version shaped. */
  figures(id: string): Promise<readonly Figures[]>;
  difference(id: string, before: number, after: number): Promise<{ readonly fields: Fields }>;
}

interface Props {
  readonly source: VersionsSource;
  readonly id: string;
  /** The number of the present one. */
  readonly version: number;
  /** What its fields are called. */
  readonly names: Readonly<Record<string, string>>;
  readonly rollBack: (version: number) => void;
  readonly trans: TranslationBundle;
  readonly language: string;
}

/** What something has been, how each version did, what was changed from one to the next, and the way back. */
export function Versions(props: Props): React.JSX.Element {
  const { source, id, version, names, rollBack, trans, language } = props;
  const [versions, setVersions] = React.useState<readonly Version[]>([]);
  const [figures, setFigures] = React.useState<readonly Figures[]>([]);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const read = React.useCallback(() => {
    setFault(null);
    Promise.all([source.versions(id), source.figures(id)]).then(
      ([found, measured]) => {
        setVersions(found);
        setFigures(measured);
      },
      (error: unknown) => {
        setFault(faultOf(error));
      }
    );
  }, [source, id]);
  React.useEffect(read, [read, version]);
  return (
    <section aria-labelledby="wb-versions">
      <h3 id="wb-versions">{trans.__('Versions')}</h3>
      {fault !== null && <Problem fault={fault} label={trans.__('Try again')} onClick={read} />}
      <ol className="wb-Versions" aria-labelledby="wb-versions">
        {versions.map(each => (
          <li key={each.number}>
            <p>
              <strong>{trans.__('Version %1', String(each.number))}</strong>{' '}
              <span className="wb-Models-hint">{ago(each.created_at, language)}</span>
              {each.note !== '' && <span> · {each.note}</span>}
            </p>
            <p className="wb-Models-hint">{figuresWords(figures.find(of => of.version === each.number), trans)}</p>
            {each.number > 1 && (
              <Difference source={source} id={id} number={each.number} names={names} trans={trans} />
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
function figuresWords(of: Figures | undefined, trans: TranslationBundle): string {
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
  readonly source: VersionsSource;
  readonly id: string;
  readonly number: number;
  readonly names: Props['names'];
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { source, id, number, names, trans } = props;
  const [found, setFound] = React.useState<Fields | null>(null);
  const [fault, setFault] = React.useState<Fault | null>(null);
  const read = (isOpen: boolean): void => {
    if (isOpen && found === null) {
      source.difference(id, number - 1, number).then(
        ({ fields }) => {
          setFound(fields);
        },
        (error: unknown) => {
          setFault(faultOf(error));
        }
      );
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
      {found?.map(field => (
        <div key={field.field} className="wb-Difference">
          <p className="wb-Difference-field">{names[field.field] ?? field.field}</p>
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
