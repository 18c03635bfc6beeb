import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { Experience } from '../chat/records.js';
import { Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import type {
  Direction,
  Examined,
  Firing,
  NewRule,
  Read,
  Rule,
  RuleChange,
  RuleList,
  RulesState
} from './records.js';

const NOUNS = ['rules', 'rule_firings', 'experiences', 'owner'];

/** The rules and what they have found, read anew whenever that changes. */
export class RulesModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: { rules: [], order: [], detectors: {}, firings: [], experiences: [] },
      isMeant: change => change === null || NOUNS.includes(change.noun),
      again: () => void this.refresh()
    });
  }

  get state(): RulesState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, RulesState> {
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
    await this.#reading.take(async () => {
      const [{ rules, order, detectors }, firings, experiences] = await Promise.all([
        this.#reading.request<RuleList>('GET', 'rules'),
        this.#reading.request<readonly Firing[]>('GET', 'rules/firings?most=30'),
        this.#reading.request<readonly Experience[]>('GET', 'experiences?state=all')
      ]);
      return { rules, order, detectors, firings, experiences };
    });
  }

  /** Adds a rule, the last of its scope. Rejects with an `ApiError`, as all below do. */
  add(rule: NewRule): Promise<Rule> {
    return this.#then('POST', 'rules', rule);
  }

  /** Changes a rule as it was read; one that changed meanwhile is left, and read. */
  change({ id, revision }: Rule, change: RuleChange): Promise<Rule> {
    return this.#then('PATCH', `rules/${id}`, { ...change, revision });
  }

  async remove(id: string): Promise<void> {
    await this.#then('DELETE', `rules/${id}`);
  }

  restore(id: string): Promise<Rule> {
    return this.#then('POST', `rules/${id}/restore`);
  }

  /** Puts a rule one place up (-1) or down (1) among those of its scope. */
  async move(rule: Rule, by: -1 | 1): Promise<void> {
    const place = this.beside(rule).findIndex(each => each.id === rule.id);
    await this.#then('POST', `rules/${rule.id}/move`, { position: Math.max(0, place + by) });
  }

  /** The rules of the same scope, in their order. */
  beside({ scope, experience_id, conversation_id }: Rule): readonly Rule[] {
    return this.state.rules.filter(
      each =>
        each.scope === scope &&
        each.experience_id === experience_id &&
        each.conversation_id === conversation_id
    );
  }

  /** What the rules of the home, and of an Experience, would do with a text. */
  examine(text: string, direction: Direction, experience_id: string | null): Promise<Examined> {
    return this.#reading.request('POST', 'rules/try', { text, direction, experience_id });
  }

  /** Puts back into a reply what was taken out of it. */
  undo(firing: Firing): Promise<Firing> {
    return this.#then('POST', `rules/firings/${firing.id}/undo`);
  }

  /** Notes why what a rule did was wrong; empty: it was not. */
  report(firing: Firing, why: string): Promise<Firing> {
    return this.#then('PUT', `rules/firings/${firing.id}/report`, { why });
  }

  async #then<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.#reading.request<T>(method, path, body);
    } finally {
      await this.refresh();
    }
  }

  readonly #reading: Reading<Read>;
}
