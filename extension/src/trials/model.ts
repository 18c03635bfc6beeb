import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import { newId } from '../chat/ids.js';
import type { Change, Conversation, Experience, Model } from '../chat/records.js';
import type { Personality } from '../personalities/records.js';
import type { Prompt } from '../prompts/records.js';
import type { RuleList } from '../rules/records.js';
import { Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import { bodyOf, casesOf, CONVERSATION, type Draft, OWN } from './draft.js';
import type { Case, CaseSet, Choice, Pair, Read, Result, Trial, TrialEstimate, TrialReport, TrialsState } from './records.js';
import { isRevealed } from './words.js';

const READ_ANEW = ['trials', 'models', 'personalities', 'prompts', 'rules', 'experiences', 'owner'];

/** The trials there are, the one that is shown, and what trials are made of. What is asked rejects with an `ApiError`. */
export class TrialsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: {
        trials: [],
        sets: [],
        models: [],
        personalities: [],
        prompts: [],
        rules: [],
        experiences: [],
        conversations: [],
        shown: null,
        report: null,
        results: null,
        pair: null
      },
      isMeant: change => isMeant(change),
      again: () => void this.refresh()
    });
  }

  get state(): TrialsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, TrialsState> {
    return this.#reading.changed;
  }

  get isDisposed(): boolean {
    return this.#reading.isDisposed;
  }

  dispose(): void {
    this.#reading.dispose();
  }

  /** Reads everything again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    await this.#reading.take(() => this.#fetch());
  }

  /** Shows one; null: the form of a new one. */
  async show(id: string | null): Promise<void> {
    this.#listed = null;
    this.#reading.know({ shown: id, report: null, results: null, pair: null });
    await this.refresh();
  }

  /** Lists the single replies of the one that is shown, once nothing is to stay blind. */
  async list(): Promise<void> {
    if (this.#listed !== this.state.shown) {
      this.#listed = this.state.shown;
      await this.refresh();
    }
  }

  /** What a trial would take and cost. */
  async estimate(draft: Draft): Promise<TrialEstimate> {
    return this.#request('POST', 'trials/estimate', bodyOf(draft, await this.#cases(draft), newId()));
  }

  /** Makes a trial, runs it and shows it; with the same `id` it is one trial. */
  async run(draft: Draft, id: string): Promise<void> {
    await this.#request('POST', 'trials', bodyOf(draft, await this.#cases(draft), id));
    await this.#request('POST', `trials/${id}/run`);
    await this.show(id);
  }

  /** Goes on with one, lets it rest, or ends it before its planned end. */
  async act(id: string, what: 'run' | 'pause' | 'stop'): Promise<void> {
    await this.#request('POST', `trials/${id}/${what}`);
    await this.refresh();
  }

  async remove(id: string): Promise<void> {
    await this.#request('DELETE', `trials/${id}`);
    await this.show(null);
  }

  /** Says which reply of the pair that is shown is better. */
  async rate(choice: Choice): Promise<void> {
    const { shown, pair } = this.state;
    if (shown === null || pair === null) {
      return;
    }
    this.#reading.know({ pair: null });
    try {
      await this.#request('PUT', `trials/${shown}/ratings/${pair.number}`, { choice });
    } finally {
      await this.refresh();
    }
  }

  /** Takes the last rating back. */
  async undo(): Promise<void> {
    if (this.state.shown !== null) {
      await this.#request('DELETE', `trials/${this.state.shown}/ratings/last`);
      await this.refresh();
    }
  }

  /** Makes a suggestion (counted from 1) the next version of its personality. */
  accept(id: string, number: number): Promise<Personality> {
    return this.#request('POST', `trials/${id}/edits/${number}/accept`);
  }

  /** A notebook that repeats the trial. */
  notebook(id: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#request('GET', `trials/${id}/notebook`);
  }

  async #cases(draft: Draft): Promise<readonly Case[]> {
    if (draft.from === OWN) {
      return casesOf(draft.questions);
    }
    return draft.from === CONVERSATION && draft.conversation !== ''
      ? this.#request('GET', `trials/cases?conversation=${draft.conversation}`)
      : [];
  }

  async #fetch(): Promise<Partial<Read>> {
    const { sets: known, shown } = this.state;
    const [trials, sets, models, personalities, prompts, { rules }, experiences, page, rest] = await Promise.all([
      this.#request<readonly Trial[]>('GET', 'trials'),
      known.length > 0 ? known : this.#request<readonly CaseSet[]>('GET', 'trials/sets'),
      this.#request<readonly Model[]>('GET', 'models'),
      this.#request<readonly Personality[]>('GET', 'personalities'),
      this.#request<readonly Prompt[]>('GET', 'prompts'),
      this.#request<RuleList>('GET', 'rules'),
      this.#request<readonly Experience[]>('GET', 'experiences'),
      this.#request<{ readonly conversations: readonly Conversation[] }>('GET', 'conversations?limit=50'),
      shown === null ? {} : this.#fetchShown(shown)
    ]);
    return { trials, sets, models, personalities, prompts, rules, experiences, conversations: page.conversations, ...rest };
  }

  async #fetchShown(id: string): Promise<Partial<Read>> {
    const report = await this.#request<TrialReport>('GET', `trials/${id}/report`);
    const pair = report.trial.state === 'rating' ? await this.#request<Pair>('GET', `trials/${id}/pair`) : null;
    const isListed = this.#listed === id && isRevealed(report.trial);
    const results = isListed ? await this.#request<readonly Result[]>('GET', `trials/${id}/results`) : null;
    return { report, results, pair };
  }

  #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#reading.request<T>(method, path, body);
  }

  readonly #reading: Reading<Read>;
  /** The id of the trial whose replies are listed. */
  #listed: string | null = null;
}

function isMeant(change: Change | null): boolean {
  return change === null || READ_ANEW.includes(change.noun);
}
