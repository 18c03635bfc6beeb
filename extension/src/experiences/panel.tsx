import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, ellipsesIcon, ReactWidget, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Experience, Fault } from '../chat/records.js';
import { privateIcon, publicIcon, workbenchIcon } from '../icons.js';
import { count, type ExperiencesModel, type ExperiencesState, type Shelf, shown } from './model.js';
import { ago } from './time.js';
import { Unlock } from './unlock.js';

/** What the panel asks of its host. */
export interface PanelActions {
  readonly create: () => void;
  /** Shows what all of them used. */
  readonly dashboards: () => void;
  /** Shows which models there are. */
  readonly models: () => void;
  /** Shows how replies can be made to sound. */
  readonly personalities: () => void;
  /** Shows the library of prompts. */
  readonly prompts: () => void;
  /** Shows what may be sent to models and come back. */
  readonly rules: () => void;
  /** Shows what was tried against what. */
  readonly trials: () => void;
  readonly open: (experience: Experience) => void;
  readonly rename: (experience: Experience) => void;
  readonly trash: (experience: Experience) => void;
  readonly restore: (experience: Experience) => void;
  /** Opens the menu of an Experience at a place of the window; `done` runs when it is closed. */
  readonly menu: (experience: Experience, place: { x: number; y: number }, done: () => void) => void;
}

/** The list of Experiences, in the side bar. */
export class ExperiencesPanel extends ReactWidget {
  constructor(options: {
    readonly model: ExperiencesModel;
    readonly actions: PanelActions;
    readonly current: () => string | null;
    readonly trans: TranslationBundle;
    /** As JupyterLab names it. */
    readonly language: string;
  }) {
    super();
    this.#options = options;
    this.addClass('wb-Experiences');
    options.model.changed.connect(this.#onChanged, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.#options.model.changed.disconnect(this.#onChanged, this);
    }
    super.dispose();
  }

  /** Puts the focus into the list, or on the way to a first Experience. */
  protected override onActivateRequest(): void {
    void Promise.resolve(this.renderPromise).then(() => {
      const first = this.node.querySelector<HTMLElement>('.wb-Experiences-open[tabindex="0"]');
      (first ?? this.node.querySelector<HTMLElement>('.wb-Experiences-new, input'))?.focus();
    });
  }

  protected override render(): React.JSX.Element {
    const { model, current, ...rest } = this.#options;
    return <Experiences model={model} state={model.state} current={current()} {...rest} />;
  }

  #onChanged(): void {
    this.update();
  }

  readonly #options: ConstructorParameters<typeof ExperiencesPanel>[0];
}

interface Props {
  readonly model: ExperiencesModel;
  readonly state: ExperiencesState;
  readonly actions: PanelActions;
  readonly current: string | null;
  readonly trans: TranslationBundle;
  readonly language: string;
}

function Experiences(props: Props): React.JSX.Element {
  const { model, state, actions, trans } = props;
  if (state.fault?.code === 'locked') {
    return <Unlock unlock={passphrase => model.unlock(passphrase)} trans={trans} />;
  }
  return (
    <>
      <div className="wb-Experiences-head">
        <button type="button" className="wb-Experiences-new" onClick={actions.create}>
          <addIcon.react tag="span" elementSize="normal" />
          {trans.__('New Experience')}
        </button>
        <div className="wb-Experiences-search">
          <searchIcon.react tag="span" elementSize="normal" />
          <input
            type="search"
            value={state.query}
            placeholder={trans.__('Search Experiences')}
            aria-label={trans.__('Search Experiences')}
            spellCheck={false}
            onChange={event => {
              model.search(event.target.value);
            }}
            onKeyDown={event => {
              if (event.key === 'ArrowDown') {
                event.preventDefault();
                focusRow(event.currentTarget.closest('.wb-Experiences'), 0);
              }
            }}
          />
        </div>
        <Shelves model={model} state={state} trans={trans} />
      </div>
      {state.fault !== null && (
        <Problem
          fault={state.fault}
          label={trans.__('Try again')}
          onClick={() => {
            void model.refresh();
          }}
        />
      )}
      <List {...props} />
      <div className="wb-Experiences-foot">
        <button type="button" className="wb-Experiences-plain" onClick={actions.dashboards}>
          {trans.__('Usage and cost')}
        </button>
        <button type="button" className="wb-Experiences-plain" onClick={actions.models}>
          {trans.__('Models')}
        </button>
        <button type="button" className="wb-Experiences-plain" onClick={actions.personalities}>
          {trans.__('Personalities')}
        </button>
        <button type="button" className="wb-Experiences-plain" onClick={actions.prompts}>
          {trans.__('Prompts')}
        </button>
        <button type="button" className="wb-Experiences-plain" onClick={actions.rules}>
          {trans.__('Rules')}
        </button>
        <button type="button" className="wb-Experiences-plain" onClick={actions.trials}>
          {trans.__('Trials')}
        </button>
      </div>
    </>
  );
}

function Shelves({
  model,
  state,
  trans
}: Pick<Props, 'model' | 'state' | 'trans'>): React.JSX.Element {
  const names: Record<Shelf, string> = {
    active: trans.__('Active'),
    archived: trans.__('Archived'),
    trashed: trans.__('Trash')
  };
  return (
    <div className="wb-Experiences-shelves" role="group" aria-label={trans.__('Which Experiences are shown')}>
      {(['active', 'archived', 'trashed'] as const).map(shelf => (
        <button
          key={shelf}
          type="button"
          className="wb-Experiences-shelf"
          aria-pressed={state.shelf === shelf}
          onClick={() => {
            model.show(shelf);
          }}
        >
          {names[shelf]}
          {count(state, shelf) > 0 && <span className="wb-Experiences-count">{count(state, shelf)}</span>}
        </button>
      ))}
    </div>
  );
}

export function Problem(props: {
  readonly fault: Fault;
  readonly label: string;
  readonly onClick: () => void;
}): React.JSX.Element {
  const { fault, label, onClick } = props;
  return (
    <div className="wb-Problem" role="alert">
      <p className="wb-Problem-text">
        {fault.message} {fault.remedy}
      </p>
      <button type="button" className="wb-Problem-button" onClick={onClick}>
        {label}
      </button>
    </div>
  );
}

function List(props: Props): React.JSX.Element {
  const { state, trans } = props;
  const list = shown(state);
  const [focused, setFocused] = React.useState<string | null>(null);
  const ids = list.map(each => each.id);
  const before = React.useRef<readonly string[]>(ids);
  const entrance = focused !== null && ids.includes(focused) ? focused : (ids[0] ?? null);
  // Who deletes a row by keyboard goes on from the next one.
  React.useEffect(() => {
    if (focused !== null && !ids.includes(focused)) {
      const at = Math.min(before.current.indexOf(focused), ids.length - 1);
      setFocused(null);
      if (document.activeElement === document.body) {
        focusRow(document.querySelector('.wb-Experiences'), Math.max(0, at));
      }
    }
    before.current = ids;
  });
  if (list.length === 0) {
    return <Empty {...props} />;
  }
  return (
    <ul className="wb-Experiences-list" aria-label={trans.__('Experiences')} onKeyDown={moveFocus}>
      {list.map(experience => (
        <Row
          key={experience.id}
          {...props}
          experience={experience}
          isEntrance={experience.id === entrance}
          onFocus={() => {
            setFocused(experience.id);
          }}
        />
      ))}
    </ul>
  );
}

function Row(
  props: Props & {
    readonly experience: Experience;
    readonly isEntrance: boolean;
    readonly onFocus: () => void;
  }
): React.JSX.Element {
  const { experience, actions, current, isEntrance, onFocus, trans, language } = props;
  const { name, category, description, privacy, state } = experience;
  const isTrashed = state === 'trashed';
  const tabIndex = isEntrance ? 0 : -1;
  const openMenu = (button: Element | null | undefined, place?: { x: number; y: number }): void => {
    const box = button?.getBoundingClientRect();
    const back = document.activeElement;
    actions.menu(experience, place ?? { x: box?.left ?? 0, y: box?.bottom ?? 0 }, () => {
      if (back instanceof HTMLElement && document.activeElement === document.body) {
        back.focus();
      }
    });
  };
  return (
    <li
      className={experience.id === current ? 'wb-Experiences-row wb-mod-current' : 'wb-Experiences-row'}
      onFocus={onFocus}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        const fromKeyboard = event.clientX === 0 && event.clientY === 0;
        openMenu(
          event.currentTarget.querySelector('.wb-Experiences-menu'),
          fromKeyboard ? undefined : { x: event.clientX, y: event.clientY }
        );
      }}
    >
      <button
        type="button"
        className="wb-Experiences-open"
        tabIndex={tabIndex}
        aria-current={experience.id === current ? 'true' : undefined}
        title={description || name}
        onClick={() => {
          if (isTrashed) {
            openMenu(document.activeElement?.parentElement?.querySelector('.wb-Experiences-menu'));
          } else {
            actions.open(experience);
          }
        }}
        onKeyDown={event => {
          if (event.key === 'F2' && !isTrashed) {
            event.preventDefault();
            actions.rename(experience);
          } else if (event.key === 'Delete' && !isTrashed) {
            event.preventDefault();
            actions.trash(experience);
          }
        }}
      >
        <span className="wb-Experiences-name">{name}</span>
        <span className="wb-Experiences-about">
          <Privacy privacy={privacy} trans={trans} />
          {category !== '' && <span className="wb-Badge">{category}</span>}
          <span className="wb-Experiences-time">{ago(experience.updated_at, language)}</span>
        </span>
        {description !== '' && <span className="wb-Experiences-description">{description}</span>}
      </button>
      {isTrashed && (
        <button
          type="button"
          className="wb-Experiences-restore"
          aria-label={trans.__('Restore %1', name)}
          onClick={() => {
            actions.restore(experience);
          }}
        >
          {trans.__('Restore')}
        </button>
      )}
      <button
        type="button"
        className="wb-Experiences-menu"
        tabIndex={tabIndex}
        aria-haspopup="menu"
        aria-label={trans.__('Actions for %1', name)}
        title={trans.__('More actions')}
        onClick={event => {
          openMenu(event.currentTarget);
        }}
      >
        <ellipsesIcon.react tag="span" elementSize="normal" />
      </button>
    </li>
  );
}

function Privacy({
  privacy,
  trans
}: {
  readonly privacy: Experience['privacy'];
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const isPublic = privacy === 'public';
  const icon = isPublic ? publicIcon : privateIcon;
  const text = isPublic ? trans.__('Public') : trans.__('Private');
  return (
    <span className="wb-Badge wb-mod-privacy">
      <icon.react tag="span" elementSize="small" />
      {text}
    </span>
  );
}

function Empty({ model, state, actions, trans }: Props): React.JSX.Element | null {
  if (state.phase === 'failed') {
    return null;
  }
  if (state.phase === 'loading') {
    return (
      <p className="wb-Experiences-empty" role="status">
        {trans.__('Reading your Experiences…')}
      </p>
    );
  }
  if (state.query.trim() !== '') {
    return (
      <div className="wb-Experiences-empty">
        <p role="status">{trans.__('Nothing here matches “%1”.', state.query.trim())}</p>
        <button
          type="button"
          className="wb-Experiences-plain"
          onClick={() => {
            model.search('');
          }}
        >
          {trans.__('Clear the search')}
        </button>
      </div>
    );
  }
  if (state.shelf === 'archived') {
    return (
      <p className="wb-Experiences-empty">
        {trans.__('Nothing is archived. Archiving puts an Experience out of the way and changes nothing else.')}
      </p>
    );
  }
  if (state.shelf === 'trashed') {
    return <p className="wb-Experiences-empty">{trans.__('The trash is empty.')}</p>;
  }
  return (
    <div className="wb-Experiences-empty">
      <workbenchIcon.react tag="span" className="wb-Experiences-picture" width="48px" height="48px" />
      <p>
        {trans.__(
          'An Experience is a workspace for one topic: a chat with a language model, and a notebook beside it.'
        )}
      </p>
      <button type="button" className="wb-Experiences-plain" onClick={actions.create}>
        {trans.__('Create your first one')}
      </button>
    </div>
  );
}

/** Arrow keys, Home and End move through the rows; right and left between a row and its menu button. */
function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const list = event.currentTarget;
  const rows = [...list.querySelectorAll('.wb-Experiences-row')];
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  const to = steps[event.key];
  if (to !== undefined) {
    event.preventDefault();
    focusRow(list, Math.max(0, Math.min(rows.length - 1, to)));
  } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    event.preventDefault();
    const part = event.key === 'ArrowRight' ? '.wb-Experiences-menu' : '.wb-Experiences-open';
    rows[at]?.querySelector<HTMLElement>(part)?.focus();
  }
}

function focusRow(within: Element | null, index: number): void {
  within?.querySelectorAll<HTMLElement>('.wb-Experiences-open')[index]?.focus();
}
