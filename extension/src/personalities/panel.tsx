import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSending } from '../tab/form.js';
import { Page, useActs } from '../tab/page.js';
import { Versions } from '../tab/versions.js';
import { Tab } from '../tab/widget.js';
import { type Draft, draftOf, EMPTY, isChanged, nameProblem } from './draft.js';
import { Fields } from './editor.js';
import { Instruction } from './instruction.js';
import { Library } from './library.js';
import type { PersonalitiesModel } from './model.js';
import type { PersonalitiesState, Personality } from './records.js';
import { Try } from './try.js';
import { Uses } from './uses.js';
import { fieldNames } from './words.js';

interface Options {
  readonly personalities: PersonalitiesModel;
  readonly unlock: (passphrase: string) => Promise<void>;
  /** Asks whether what was written and not saved may go. */
  readonly confirmLeaving: (name: string) => Promise<boolean>;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** How replies are to sound: a library, an editor, a scratch chat and the versions, in a tab. */
export class PersonalitiesPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Models');
    this.addClass('wb-Library');
    this.addClass('wb-Personalities');
    this.follow(options.personalities);
  }

  protected override render(): React.JSX.Element {
    return <Personalities {...this.#options} state={this.#options.personalities.state} />;
  }

  readonly #options: Options;
}

/** What is edited: one that is kept, as it was when it was opened, or a new one (null). */
interface Edited {
  readonly saved: Personality | null;
  readonly draft: Draft;
}

function Personalities(options: Options & { readonly state: PersonalitiesState }): React.JSX.Element {
  const { personalities, state, unlock, confirmLeaving, trans, language } = options;
  const [trouble, act] = useActs();
  const [said, say] = React.useState('');
  const [edited, setEdited] = React.useState<Edited | null>(null);
  const [gone, setGone] = React.useState<Personality | null>(null);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const nameField = React.useRef<HTMLInputElement>(null);
  const sending = useSending();
  const open = (saved: Personality | null, draft = saved === null ? EMPTY : draftOf(saved)): void => {
    setEdited({ saved, draft });
    requestAnimationFrame(() => nameField.current?.focus());
  };
  const leave = async (): Promise<boolean> => {
    const before = edited?.saved ? draftOf(edited.saved) : EMPTY;
    return edited === null || !isChanged(edited.draft, before) || (await confirmLeaving(edited.draft.name));
  };
  const goTo = (then: () => void): void => {
    act(async () => {
      if (await leave()) {
        then();
      }
    });
  };
  const restore = (trashed: Personality): void => {
    goTo(() => {
      act(async () => {
        const back = await personalities.restore(trashed.id);
        setGone(null);
        open(back);
        say(trans.__('%1 is there again.', back.name));
      });
    });
  };
  const changed = (made: Personality, words: string): void => {
    setEdited({ saved: made, draft: draftOf(made) });
    say(words);
  };
  return (
    <Page
      className="wb-Library-page"
      heading={trans.__('Personalities')}
      progress={state}
      loading={trans.__('Reading the personalities…')}
      trouble={trouble}
      refresh={() => personalities.refresh()}
      unlock={unlock}
      trans={trans}
    >
      <p className="wb-Models-unseen" role="status">
        {said}
      </p>
      {gone !== null && (
        <div className="wb-Budgets-gone">
          <p>{trans.__('%1 is in the trash: it shapes nothing from now on.', gone.name)}</p>
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              restore(gone);
            }}
          >
            {trans.__('Undo')}
          </button>
        </div>
      )}
      <div className="wb-Library-columns">
        <Library
          state={state}
          shown={edited?.saved?.id ?? null}
          show={each => {
            goTo(() => {
              open(each);
            });
          }}
          begin={() => {
            goTo(() => {
              open(null);
            });
          }}
          take={each => {
            goTo(() => {
              act(async () => {
                const made = await personalities.take(each.name);
                open(made);
                say(trans.__('%1 is yours now.', made.name));
              });
            });
          }}
          restore={restore}
          heading={heading}
          trans={trans}
        />
        {edited === null ? (
          <Begin trans={trans} />
        ) : (
          <Editor
            key={edited.saved?.id ?? 'new'}
            {...{ personalities, state, edited, sending, nameField, trans, language }}
            set={change => {
              setEdited({ ...edited, draft: { ...edited.draft, ...change } });
            }}
            discard={() => {
              setEdited({ ...edited, draft: edited.saved === null ? EMPTY : draftOf(edited.saved) });
              nameField.current?.focus();
            }}
            show={saved => {
              open(saved);
            }}
            saved={made => {
              changed(made, trans.__('Saved: %1 is at version %2.', made.name, String(made.version)));
            }}
            use={(experience, personality) => {
              act(async () => {
                await personalities.use(experience, personality);
                say(
                  personality === null
                    ? trans.__('No personality shapes the replies in %1 from now on.', experience.name)
                    : trans.__('It shapes the replies in %1 from now on.', experience.name)
                );
              });
            }}
            rollBack={(saved, version) => {
              goTo(() => {
                act(async () => {
                  const made = await personalities.rollBack(saved, version);
                  changed(made, trans.__('Back to version %1, as version %2.', String(version), String(made.version)));
                });
              });
            }}
            remove={saved => {
              act(async () => {
                await personalities.remove(saved.id);
                setGone(saved);
                setEdited(null);
                heading.current?.focus();
              });
            }}
          />
        )}
      </div>
    </Page>
  );
}

function Begin({ trans }: { readonly trans: TranslationBundle }): React.JSX.Element {
  return (
    <section className="wb-Personalities-begin">
      <p className="wb-Models-quiet">
        {trans.__(
          'A personality says how replies are to sound: who answers, for whom, in what tone, at what length. Choose one to change it, try it in a scratch chat, and use it in an Experience.'
        )}
      </p>
    </section>
  );
}

interface EditorProps {
  readonly personalities: PersonalitiesModel;
  readonly state: PersonalitiesState;
  readonly edited: Edited;
  readonly sending: ReturnType<typeof useSending>;
  readonly nameField: React.RefObject<HTMLInputElement>;
  readonly set: (change: Partial<Draft>) => void;
  readonly discard: () => void;
  /** Shows one as it is now, whatever is written in the fields. */
  readonly show: (personality: Personality) => void;
  readonly saved: (personality: Personality) => void;
  readonly use: (experience: PersonalitiesState['experiences'][number], personality: string | null) => void;
  readonly rollBack: (personality: Personality, version: number) => void;
  readonly remove: (personality: Personality) => void;
  readonly trans: TranslationBundle;
  readonly language: string;
}

function Editor(props: EditorProps): React.JSX.Element {
  const { personalities, state, edited, sending, nameField, set, trans, language } = props;
  const { saved, draft } = edited;
  const [note, setNote] = React.useState('');
  const before = saved === null ? EMPTY : draftOf(saved);
  const isDirty = isChanged(draft, before);
  const canSave = (saved === null || isDirty) && !sending.isBusy;
  const present = saved === null ? undefined : state.personalities.find(each => each.id === saved.id);
  const isOvertaken = saved !== null && present !== undefined && present.revision > saved.revision;
  const samples = state.templates.find(each => each.name === saved?.template)?.samples ?? [];
  const problem = sending.isTried ? problemWords(nameProblem(draft.name, state.personalities, saved?.id ?? null), trans) : '';
  const submit = (): void => {
    const isWrong = nameProblem(draft.name, state.personalities, saved?.id ?? null) !== null;
    sending.send(isWrong ? nameField : null, async () => {
      props.saved(saved === null ? await personalities.create(draft) : await personalities.save(saved, draft, note));
      setNote('');
    });
  };
  return (
    <>
      <form
        className="wb-Personalities-editor"
        aria-label={saved === null ? trans.__('New personality') : saved.name}
        autoComplete="off"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          if (canSave) {
            submit();
          }
        }}
      >
        <h2>{saved === null ? trans.__('New personality') : saved.name}</h2>
        {isOvertaken && (
          <div className="wb-Problem" role="alert">
            <p className="wb-Problem-text">
              {trans.__('It was changed elsewhere: it is at version %1 now. What you have written here is still there.', String(present.version))}
            </p>
            <button
              type="button"
              className="wb-Problem-button"
              onClick={() => {
                props.show(present);
              }}
            >
              {trans.__('Show that version')}
            </button>
          </div>
        )}
        <Fields draft={draft} set={set} problem={problem} nameField={nameField} trans={trans} />
        {sending.fault !== null && (
          <div className="wb-Problem" role="alert">
            <p className="wb-Problem-text">
              {sending.fault.message} {sending.fault.remedy}
            </p>
          </div>
        )}
        <div className="wb-Personalities-save">
          {saved !== null && (
            <label className="wb-Field">
              <span className="wb-Field-label">
                {trans.__('Why')} <small>{trans.__('optional, kept with the version')}</small>
              </span>
              <input
                className="wb-Field-input"
                value={note}
                onChange={event => {
                  setNote(event.target.value);
                }}
              />
            </label>
          )}
          <div className="wb-Models-buttons">
            <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={!canSave}>
              {saved === null ? trans.__('Make it') : trans.__('Save as version %1', String(saved.version + 1))}
            </button>
            {isDirty && (
              <button type="button" className="wb-Models-button" onClick={props.discard}>
                {trans.__('Discard changes')}
              </button>
            )}
            {saved !== null && (
              <button
                type="button"
                className="wb-Models-button"
                onClick={() => {
                  props.remove(saved);
                }}
              >
                {trans.__('Move to trash')}
              </button>
            )}
          </div>
        </div>
        {saved !== null && <Uses personality={saved} experiences={state.experiences} use={props.use} trans={trans} />}
      </form>
      <div className="wb-Library-side">
        <Instruction personalities={personalities} draft={draft} trans={trans} />
        <Try personalities={personalities} draft={draft} samples={samples} models={state.models} trans={trans} />
        {saved !== null && (
          <Versions
            source={personalities}
            id={saved.id}
            version={saved.version}
            names={fieldNames(trans)}
            rollBack={version => {
              props.rollBack(saved, version);
            }}
            trans={trans}
            language={language}
          />
        )}
      </div>
    </>
  );
}

function problemWords(problem: ReturnType<typeof nameProblem>, trans: TranslationBundle): string {
  switch (problem) {
    case 'empty':
      return trans.__('Give it a name: a word or two.');
    case 'long':
      return trans.__('This name is too long.');
    case 'taken':
      return trans.__('There is a personality with this name. Choose another one.');
    default:
      return '';
  }
}
