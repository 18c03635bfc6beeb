import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { Change, Experience } from '../chat/records.js';
import { Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import type { Budget, BudgetChange, BudgetsState, BudgetState, NewBudget, Read } from './records.js';

/** A day or a month that is over begins a budget again: it is looked at then, within these bounds. */
const SOONEST_MS = 60_000;
const LATEST_MS = 3_600_000;

/** The budgets and what is spent of them, read anew whenever a request has ended or a budget has changed. */
export class BudgetsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>) {
    this.#reading = new Reading<Read>({
      owner,
      empty: { budgets: [], experiences: [] },
      isMeant: change => this.#isMeant(change),
      again: () => void this.refresh()
    });
  }

  get state(): BudgetsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, BudgetsState> {
    return this.#reading.changed;
  }

  get isDisposed(): boolean {
    return this.#reading.isDisposed;
  }

  dispose(): void {
    clearTimeout(this.#ending);
    this.#reading.dispose();
  }

  /** Reads everything again. What goes wrong is in the state. */
  async refresh(): Promise<void> {
    const outcome = await this.#reading.take(async () => {
      const [budgets, experiences] = await Promise.all([
        this.#reading.request<readonly BudgetState[]>('GET', 'budgets'),
        this.#reading.request<readonly Experience[]>('GET', 'experiences?state=all')
      ]);
      return { budgets, experiences };
    });
    if (outcome !== 'overtaken' && !this.isDisposed) {
      this.#waitForEnd();
    }
  }

  /** Sets a budget, or changes the one for the same period and use. Rejects with an `ApiError`. */
  async set(budget: NewBudget): Promise<Budget> {
    const made = await this.#reading.request<Budget>('PUT', 'budgets', budget);
    await this.refresh();
    return made;
  }

  /** Changes a budget as it was read; one that changed meanwhile is left, and read. Rejects with an `ApiError`. */
  async change({ id, revision }: Budget, change: BudgetChange): Promise<Budget> {
    try {
      return await this.#reading.request<Budget>('PATCH', `budgets/${id}`, { ...change, revision });
    } finally {
      await this.refresh();
    }
  }

  /** Limits this no longer. Rejects with an `ApiError`. */
  async remove(id: string): Promise<void> {
    await this.#reading.request('DELETE', `budgets/${id}`);
    await this.refresh();
  }

  #waitForEnd(): void {
    clearTimeout(this.#ending);
    if (this.state.budgets.length > 0) {
      const first = Math.min(...this.state.budgets.map(each => Date.parse(each.until)));
      const wait = Math.min(Math.max(first - Date.now(), SOONEST_MS), LATEST_MS);
      this.#ending = setTimeout(() => void this.refresh(), wait);
    }
  }

  #isMeant(change: Change | null): boolean {
    if (change === null || ['budgets', 'experiences', 'owner'].includes(change.noun)) {
      return true;
    }
    const isEnd = (change.noun === 'messages' || change.noun === 'runs') && change.action === 'finish';
    return isEnd && (this.state.phase !== 'ready' || this.state.budgets.length > 0);
  }

  readonly #reading: Reading<Read>;
  #ending: ReturnType<typeof setTimeout> | undefined;
}
