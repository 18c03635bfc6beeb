import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Experience } from '../chat/records.js';
import { useSending } from '../tab/form.js';
import { Page, useActs } from '../tab/page.js';
import { Versions } from '../tab/versions.js';
import { Tab } from '../tab/widget.js';
import { Filled, Findings, useLooked } from './check.js';
import { contentOf, type Draft, draftOf, EMPTY, isChanged } from './draft.js';
import { Fields } from './fields.js';
import { Library } from './library.js';
import type { PromptsModel } from './model.js';
import type { Prompt, PromptsState, Values } from './records.js';
import { fieldNames } from './words.js';

interface Options {
  readonly prompts: PromptsModel;
  /** The Experience that is worked in. */
  readonly current: () => string | null;
  readonly unlock: (passphrase: string) => Promise<void>;
  /** Asks whether what was written and not saved may go. */
  readonly confirmLeaving: (title: string) => Promise<boolean>;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** The library of prompts: found, written, filled in and taken back, in a tab. */
export class PromptsPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Models');
    this.addClass('wb-Library');
    this.addClass('wb-Prompts');
    this.follow(options.prompts);
  }

  protected override render(): React.JSX.Element {
    return <Prompts {...this.#options} state={this.#options.prompts.state} />;
  }

  readonly #options: Options;
}

/** What is edited: one that is kept, as it was when it was opened, or a new one (null). */
interface Edited {
  readonly saved: Prompt | null;
  readonly draft: Draft;
}

function Prompts(options: Options & { readonly state: PromptsState }): React.JSX.Element {
  const { prompts, state, confirmLeaving, trans } = options;
  const [trouble, act] = useActs();
  const [said, say] = React.useState('');
  const [edited, setEdited] = React.useState<Edited | null>(null);
  const [gone, setGone] = React.useState<Prompt | null>(null);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const open = (saved: Prompt | null): void => {
    setEdited({ saved, draft: saved === null ? EMPTY : draftOf(saved) });
  };
  /** Does something else, unless what is written is to stay. */
  const goTo = (then: () => Promise<void> | void): void => {
    act(async () => {
      const before = edited?.saved ? draftOf(edited.saved) : EMPTY;
      if (edited === null || !isChanged(edited.draft, before) || (await confirmLeaving(edited.draft.title))) {
        await then();
      }
    });
  };
  return (
    <Page
      className="wb-Library-page"
      heading={trans.__('Prompts')}
      progress={state}
      loading={trans.__('Reading the prompts…')}
      trouble={trouble}
      refresh={() => prompts.refresh()}
      unlock={options.unlock}
      trans={trans}
    >
      <p className="wb-Models-unseen" role="status">
        {said}
      </p>
      {gone !== null && (
        <div className="wb-Budgets-gone">
          <p>{trans.__('%1 is in the trash.', gone.title)}</p>
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              act(async () => {
                const back = await prompts.restore(gone.id);
                setGone(null);
                open(back);
              });
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
          heading={heading}
          trans={trans}
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
            goTo(async () => {
              const made = await prompts.take(each.name);
              open(made);
              say(trans.__('%1 is yours now.', made.title));
            });
          }}
        />
        {edited === null ? (
          <p className="wb-Models-quiet">
            {trans.__(
              'A prompt is a text in which some things are left open. It is filled in for a question (type / in the chat), or stands in every request of an Experience as its system prompt.'
            )}
          </p>
        ) : (
          <Editor
            key={edited.saved?.id ?? 'new'}
            {...options}
            edited={edited}
            say={say}
            act={act}
            goTo={goTo}
            set={change => {
              setEdited({ ...edited, draft: { ...edited.draft, ...change } });
            }}
            show={open}
            saved={made => {
              setEdited({ saved: made, draft: draftOf(made) });
            }}
            removed={prompt => {
              setGone(prompt);
              setEdited(null);
              heading.current?.focus();
            }}
          />
        )}
      </div>
    </Page>
  );
}

interface EditorProps extends Options {
  readonly state: PromptsState;
  readonly edited: Edited;
  readonly say: (text: string) => void;
  readonly act: (work: () => Promise<void>) => void;
  readonly goTo: (then: () => Promise<void> | void) => void;
  readonly set: (change: Partial<Draft>) => void;
  readonly show: (prompt: Prompt) => void;
  readonly saved: (prompt: Prompt) => void;
  readonly removed: (prompt: Prompt) => void;
}

function Editor(props: EditorProps): React.JSX.Element {
  const { prompts, state, edited, say, act, goTo, set, trans, language } = props;
  const { saved, draft } = edited;
  const [note, setNote] = React.useState('');
  const [values, setValues] = React.useState<Values>({});
  const titleField = React.useRef<HTMLInputElement>(null);
  const textField = React.useRef<HTMLTextAreaElement>(null);
  const sending = useSending();
  React.useEffect(() => {
    titleField.current?.focus();
  }, []);
  const here = state.experiences.find(each => each.id === props.current());
  const model = state.models.find(each => each.id === here?.model) ?? state.models[0];
  const looked = useLooked(prompts, draft, values, model?.id ?? null);
  const isDirty = isChanged(draft, saved === null ? EMPTY : draftOf(saved));
  const present = saved === null ? undefined : state.prompts.find(each => each.id === saved.id);
  const isOvertaken = saved !== null && present !== undefined && present.revision > saved.revision;
  const submit = (): void => {
    sending.send(draft.text.trim() === '' ? textField : null, async () => {
      const content = contentOf(draft);
      const made = saved === null ? await prompts.create(content) : await prompts.save(saved, content, note);
      setNote('');
      props.saved(made);
      say(trans.__('Saved: %1 is at version %2.', made.title, String(made.version)));
    });
  };
  return (
    <>
      <form
        className="wb-Prompts-editor"
        aria-label={saved === null ? trans.__('New prompt') : saved.title}
        autoComplete="off"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          if (isDirty) {
            submit();
          }
        }}
      >
        <h2>{saved === null ? trans.__('New prompt') : saved.title}</h2>
        {isOvertaken && (
          <div className="wb-Problem" role="alert">
            <p className="wb-Problem-text">
              {trans.__('It was changed elsewhere. What you have written here is still there.')}
            </p>
            <button
              type="button"
              className="wb-Problem-button"
              onClick={() => {
                props.show(present);
              }}
            >
              {trans.__('Show it as it is now')}
            </button>
          </div>
        )}
        <Fields draft={draft} set={set} titleField={titleField} textField={textField} trans={trans}>
          <Findings looked={looked} textField={textField} trans={trans} />
        </Fields>
        {sending.fault !== null && (
          <div className="wb-Problem" role="alert">
            <p className="wb-Problem-text">
              {sending.fault.message} {sending.fault.remedy}
            </p>
          </div>
        )}
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
          <button type="submit" className="wb-Models-button wb-mod-main" aria-disabled={!isDirty || sending.isBusy}>
            {saved === null ? trans.__('Make it') : trans.__('Save')}
          </button>
          {saved !== null && (
            <>
              <button
                type="button"
                className="wb-Models-button"
                onClick={() => {
                  goTo(async () => {
                    props.show(await prompts.duplicate(saved.id));
                  });
                }}
              >
                {trans.__('Duplicate')}
              </button>
              <button
                type="button"
                className="wb-Models-button"
                onClick={() => {
                  act(async () => {
                    await prompts.remove(saved.id);
                    props.removed(saved);
                  });
                }}
              >
                {trans.__('Move to trash')}
              </button>
            </>
          )}
        </div>
      </form>
      <div className="wb-Library-side">
        <Filled draft={draft} looked={looked} values={values} setValues={setValues} trans={trans} />
        {saved !== null && <Uses {...props} prompt={saved} values={values} here={here} />}
        {saved !== null && (
          <Versions
            source={prompts}
            id={saved.id}
            version={saved.version}
            names={fieldNames(trans)}
            trans={trans}
            language={language}
            rollBack={version => {
              goTo(async () => {
                const made = await prompts.rollBack(saved, version);
                props.saved(made);
                say(trans.__('Back to version %1, as version %2.', String(version), String(made.version)));
              });
            }}
          />
        )}
      </div>
    </>
  );
}

/** Where it is the system prompt, and the way to make it one, with what is filled in beside. */
function Uses(
  props: EditorProps & { readonly prompt: Prompt; readonly values: Values; readonly here: Experience | undefined }
): React.JSX.Element {
  const { prompts, state, prompt, values, here, act, say, trans } = props;
  const [chosen, choose] = React.useState(here?.id ?? state.experiences[0]?.id ?? '');
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const experience = state.experiences.find(each => each.id === chosen);
  const uses = state.experiences.filter(each => each.prompt === prompt.id);
  return (
    <section aria-labelledby="wb-prompt-uses">
      <h3 id="wb-prompt-uses">{trans.__('As a system prompt')}</h3>
      <p className="wb-Models-hint">
        {uses.length === 0
          ? trans.__('It is the system prompt of no Experience.')
          : trans.__('It is the system prompt of: %1', uses.map(each => each.name).join(', '))}
      </p>
      {experience !== undefined && (
        <div className="wb-Models-buttons">
          <select
            className="wb-Field-input"
            aria-label={trans.__('Experience')}
            value={chosen}
            onChange={event => {
              choose(event.target.value);
            }}
          >
            {state.experiences.map(each => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="wb-Models-button"
            onClick={() => {
              act(async () => {
                await prompts.use(experience, prompt, given);
                say(trans.__('It is the system prompt of %1 from now on.', experience.name));
              });
            }}
          >
            {trans.__('Use it there, as filled in')}
          </button>
          {experience.prompt === prompt.id && (
            <button
              type="button"
              className="wb-Models-button"
              onClick={() => {
                act(async () => {
                  await prompts.use(experience, null, {});
                  say(trans.__('%1 has no system prompt from now on.', experience.name));
                });
              }}
            >
              {trans.__('No longer')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}
