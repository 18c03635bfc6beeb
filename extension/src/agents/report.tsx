import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import { Problem } from '../experiences/panel.js';
import { Unlock } from '../experiences/unlock.js';
import { Tab } from '../tab/widget.js';
import type { IOwner } from '../tokens.js';
import { framed, titleIn } from './frame.js';
import type { Report, Run } from './records.js';
import { moment, stateWord } from './words.js';

interface Options {
  readonly owner: IOwner;
  readonly runId: string;
  /** Shows all reports of the Experience that a run was for. */
  readonly showAll: (run: Run) => void;
  readonly saveCopy: (run: Run) => void;
  /** null: everything is light. */
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  /** As JupyterLab names it. */
  readonly language: string;
}

/** One report, in a tab: its page lies in a frame that runs no script, is of no origin and asks for nothing. */
export class ReportPanel extends Tab {
  constructor(options: Options) {
    super();
    this.#options = options;
    this.addClass('wb-Report');
    this.title.label = options.trans.__('Report');
    options.owner.unlocked.connect(this.#onUnlocked, this);
    options.themes?.themeChanged.connect(this.#onThemeChanged, this);
    void this.#read();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.#options.owner.unlocked.disconnect(this.#onUnlocked, this);
      this.#options.themes?.themeChanged.disconnect(this.#onThemeChanged, this);
    }
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const { owner, trans } = this.#options;
    if (this.#fault?.code === 'locked') {
      return <Unlock unlock={passphrase => owner.unlock(passphrase)} trans={trans} />;
    }
    if (this.#fault !== null) {
      return <Problem fault={this.#fault} label={trans.__('Try again')} onClick={() => void this.#read()} />;
    }
    return this.#report === null ? <p role="status">{trans.__('Reading the report…')}</p> : this.#page(this.#report);
  }

  #page({ run, html }: Report): React.JSX.Element {
    const { showAll, saveCopy, trans, language } = this.#options;
    const title = this.#titleOf(html);
    return (
      <>
        <div className="wb-Report-head">
          <h1 tabIndex={-1}>{title}</h1>
          <p className="wb-Agents-quiet">
            {moment(run.created_at, language)} · {stateWord(run, trans)}
          </p>
          <div className="wb-Agents-buttons">
            <button
              type="button"
              className="wb-Agents-button"
              onClick={() => {
                saveCopy(run);
              }}
            >
              {trans.__('Save a copy…')}
            </button>
            <button
              type="button"
              className="wb-Agents-button"
              onClick={() => {
                showAll(run);
              }}
            >
              {trans.__('All reports')}
            </button>
          </div>
        </div>
        <iframe sandbox="" referrerPolicy="no-referrer" title={title} srcDoc={framed(html, this.#scheme())} />
      </>
    );
  }

  async #read(): Promise<void> {
    const { owner, runId } = this.#options;
    try {
      this.#report = await owner.transport.request<Report>('GET', `agents/runs/${runId}/report`);
      this.#fault = null;
      this.title.label = this.#titleOf(this.#report.html);
    } catch (error) {
      this.#fault = faultOf(error);
    }
    this.update();
  }

  #titleOf(html: string): string {
    return titleIn(html) || this.#options.trans.__('Report');
  }

  #scheme(): 'light' | 'dark' {
    const { themes } = this.#options;
    const theme = themes?.theme ?? null;
    return themes === null || theme === null || themes.isLight(theme) ? 'light' : 'dark';
  }

  #onThemeChanged(): void {
    this.update();
  }

  #onUnlocked(): void {
    void this.#read();
  }

  readonly #options: Options;
  #report: Report | null = null;
  #fault: Fault | null = null;
}
