import * as React from 'react';

interface Labelled {
  readonly label: string;
  /** What belongs into it; quiet, beside the label. */
  readonly hint?: string | undefined;
}

interface Written extends Labelled {
  readonly value: string;
  readonly placeholder?: string;
  readonly set: (value: string) => void;
}

/** A line of text; what is wrong with it stands below. */
export function LineField(
  props: Written & {
    readonly id: string;
    readonly problem?: string;
    readonly field?: React.RefObject<HTMLInputElement>;
  }
): React.JSX.Element {
  const { id, problem = '' } = props;
  return (
    <div className="wb-Field">
      <label className="wb-Field-label" htmlFor={id}>
        {props.label} {props.hint !== undefined && <small>{props.hint}</small>}
      </label>
      <input
        ref={props.field}
        id={id}
        className="wb-Field-input"
        autoComplete="off"
        value={props.value}
        placeholder={props.placeholder}
        aria-invalid={problem !== ''}
        aria-describedby={`${id}-problem`}
        onChange={event => {
          props.set(event.target.value);
        }}
      />
      <p id={`${id}-problem`} className="wb-Field-problem">
        {problem}
      </p>
    </div>
  );
}

/** Text of several lines. */
export function TextField(props: Written & { readonly rows: number }): React.JSX.Element {
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">
        {props.label} {props.hint !== undefined && <small>{props.hint}</small>}
      </span>
      <textarea
        className="wb-Field-input"
        rows={props.rows}
        value={props.value}
        placeholder={props.placeholder}
        onChange={event => {
          props.set(event.target.value);
        }}
      />
    </label>
  );
}

/** One of a few, or none of them. */
export function ChoiceField<Choice extends string>(
  props: Labelled & {
    readonly value: Choice | null;
    /** What each is called. */
    readonly choices: Readonly<Record<Choice, string>>;
    /** What none is called. */
    readonly none: string;
    readonly set: (value: Choice | null) => void;
  }
): React.JSX.Element {
  const known = Object.keys(props.choices) as Choice[];
  return (
    <label className="wb-Field">
      <span className="wb-Field-label">
        {props.label} {props.hint !== undefined && <small>{props.hint}</small>}
      </span>
      <select
        className="wb-Field-input"
        value={props.value ?? ''}
        onChange={event => {
          props.set(known.find(each => each === event.target.value) ?? null);
        }}
      >
        <option value="">{props.none}</option>
        {known.map(each => (
          <option key={each} value={each}>
            {props.choices[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
