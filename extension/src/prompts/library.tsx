import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Prompt, PromptsState, PromptTemplate } from './records.js';

interface Props {
  readonly state: PromptsState;
  /** The id of the one that is edited. */
  readonly shown: string | null;
  readonly show: (prompt: Prompt) => void;
  readonly begin: () => void;
  readonly take: (template: PromptTemplate) => void;
  readonly heading: React.RefObject<HTMLHeadingElement>;
  readonly trans: TranslationBundle;
}

/** One's own prompts by their folders, found by words, and those that are shipped. */
export function Library({ state, shown, show, begin, take, heading, trans }: Props): React.JSX.Element {
  const [words, setWords] = React.useState('');
  const found = state.prompts.filter(each => has(each, words));
  return (
    <nav className="wb-Library-list" aria-label={trans.__('Prompts')}>
      <h2 tabIndex={-1} ref={heading}>
        {trans.__('Yours')}
      </h2>
      <button type="button" className="wb-Models-button" onClick={begin}>
        {trans.__('New prompt')}
      </button>
      {state.prompts.length > 0 && (
        <label className="wb-Field">
          <span className="wb-Field-label">{trans.__('Find by words, folder or tag')}</span>
          <input
            type="search"
            className="wb-Field-input"
            value={words}
            onChange={event => {
              setWords(event.target.value);
            }}
          />
        </label>
      )}
      {state.phase === 'ready' && found.length === 0 && (
        <p className="wb-Models-quiet">
          {words === '' ? trans.__('There are none yet. Take one that is shipped.') : trans.__('Nothing is found.')}
        </p>
      )}
      {byFolder(found).map(([folder, prompts]) => (
        <section key={folder} aria-label={folder === '' ? trans.__('In no folder') : folder}>
          {folder !== '' && <h3>{folder}</h3>}
          <ul>
            {prompts.map(each => (
              <li key={each.id}>
                <button
                  type="button"
                  className="wb-Library-entry"
                  aria-current={each.id === shown}
                  onClick={() => {
                    show(each);
                  }}
                >
                  {each.title}
                  <small>
                    /{each.name} {each.tags.map(tag => `#${tag}`).join(' ')}
                  </small>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <h2>{trans.__('Shipped')}</h2>
      <ul>
        {state.templates.map(each => (
          <li key={each.name}>
            <details>
              <summary>{each.title}</summary>
              <p className="wb-Models-quiet">{each.description}</p>
              <button
                type="button"
                className="wb-Models-button"
                aria-label={trans.__('Take %1', each.title)}
                onClick={() => {
                  take(each);
                }}
              >
                {trans.__('Take it')}
              </button>
            </details>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Whether all of the words stand somewhere in a prompt. */
export function has(prompt: Prompt, words: string): boolean {
  const { name, title, folder, description, text, tags } = prompt;
  const everything = [name, title, folder, description, text, ...tags.map(tag => `#${tag}`)].join('\n').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every(word => everything.includes(word));
}

function byFolder(prompts: readonly Prompt[]): [string, readonly Prompt[]][] {
  const folders = [...new Set(prompts.map(each => each.folder))];
  return folders.map(folder => [folder, prompts.filter(each => each.folder === folder)]);
}
