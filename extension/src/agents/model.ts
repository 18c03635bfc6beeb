import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import { newId } from '../chat/ids.js';
import type { Change, Experience } from '../chat/records.js';
import { type Progress, Reading } from '../tab/reading.js';
import type { IOwner } from '../tokens.js';
import type { Agent, Preview, Run, Schedule } from './records.js';

interface Read {
  readonly experience: Experience | null;
  readonly agents: readonly Agent[];
  /** The latest, the last one first. */
  readonly runs: readonly Run[];
  /** How many of them were asked for. */
  readonly limit: number;
  /** The one due first first. */
  readonly schedules: readonly Schedule[];
}

export type AgentsState = Read & Progress;

/** So many runs are shown at first, and so many more each time. */
export const PAGE = 20;
/** So many the owner gives at most. */
export const MOST_RUNS = 500;

/** The runs and schedules of one Experience, as fresh as the owner says. */
export class AgentsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>, experienceId: string) {
    this.#experienceId = experienceId;
    this.#reading = new Reading<Read>({
      owner,
      empty: { experience: null, agents: [], runs: [], limit: PAGE, schedules: [] },
      isMeant: change => this.#isMeant(change),
      again: () => void this.#read()
    });
  }

  get state(): AgentsState {
    return this.#reading.state;
  }

  get changed(): ISignal<unknown, AgentsState> {
    return this.#reading.changed;
  }

  get isDisposed(): boolean {
    return this.#reading.isDisposed;
  }

  dispose(): void {
    this.#reading.dispose();
  }

  /** Reads everything again. What goes wrong is in the state. */
  refresh(): Promise<void> {
    this.#wantsAll = true;
    return this.#read();
  }

  /** Reads runs that are older than those shown, too. */
  showMore(): Promise<void> {
    this.#reading.set({ limit: Math.min(this.state.limit + PAGE, MOST_RUNS) });
    return this.#read();
  }

  /** Asks for a run over the days since `since` (`7d`); with the same `id` it is one run. Rejects with an `ApiError`. */
  run(agent: string, since: string, id: string = newId()): Promise<void> {
    return this.#ask({ id, agent, since, until: null });
  }

  /** Asks for a run of the same agent over the same days. Rejects with an `ApiError`. */
  again({ agent, since, until }: Run, id: string = newId()): Promise<void> {
    return this.#ask({ id, agent, since, until });
  }

  async cancel(id: string): Promise<void> {
    this.#know(await this.#request<Run>('POST', `agents/runs/${id}/cancel`));
  }

  /** When a schedule of that cron line would run first. Rejects with an `ApiError`. */
  preview(cron: string): Promise<Preview> {
    return this.#request('GET', `agents/schedules/preview?cron=${encodeURIComponent(cron)}`);
  }

  /** Lets an agent run by itself; with the same `id` it is one schedule. Rejects with an `ApiError`. */
  async schedule(agent: string, cron: string, id: string = newId()): Promise<void> {
    const body = { id, agent, experience_id: this.#experienceId, cron };
    this.#keep(await this.#request<Schedule>('POST', 'agents/schedules', body));
  }

  async reschedule(id: string, cron: string): Promise<void> {
    this.#keep(await this.#request<Schedule>('PATCH', `agents/schedules/${id}`, { cron }));
  }

  async pause(id: string): Promise<void> {
    this.#keep(await this.#request<Schedule>('POST', `agents/schedules/${id}/pause`));
  }

  async resume(id: string): Promise<void> {
    this.#keep(await this.#request<Schedule>('POST', `agents/schedules/${id}/resume`));
  }

  /** Takes a schedule away; its reports stay. Rejects with an `ApiError`. */
  async unschedule(id: string): Promise<void> {
    await this.#request<Schedule>('DELETE', `agents/schedules/${id}`);
    this.#reading.know({ schedules: this.state.schedules.filter(each => each.id !== id) });
  }

  async #ask(wanted: { id: string; agent: string; since: string; until: string | null }): Promise<void> {
    const body = { ...wanted, experience_id: this.#experienceId };
    this.#know(await this.#request<Run>('POST', 'agents/runs', body));
  }

  /** A run as the owner has just said that it is; a list that was asked for before does not know of this. */
  #know(run: Run): void {
    this.#reading.know({ runs: [run, ...this.state.runs.filter(each => each.id !== run.id)].sort(newestFirst) });
  }

  #keep(schedule: Schedule): void {
    const others = this.state.schedules.filter(each => each.id !== schedule.id);
    this.#reading.know({ schedules: [...others, schedule].sort((one, other) => one.due_at.localeCompare(other.due_at)) });
  }

  #isMeant(change: Change | null): boolean {
    if (change === null || (change.noun === 'experiences' && change.id === this.#experienceId)) {
      this.#wantsAll = true;
      return true;
    }
    return ['runs', 'schedules'].includes(change.noun) && change.experience_id === this.#experienceId;
  }

  /** Reads what changes by itself, and the rest where it has not been read or is said to have changed. */
  async #read(): Promise<void> {
    const all = this.#wantsAll;
    this.#wantsAll = false;
    const outcome = await this.#reading.take(() => this.#fetch(all));
    this.#wantsAll ||= outcome === 'failed' || (all && outcome === 'overtaken');
  }

  async #fetch(all: boolean): Promise<Partial<Read>> {
    const id = this.#experienceId;
    const [runs, schedules, rest] = await Promise.all([
      this.#request<readonly Run[]>('GET', `agents/runs?experience=${id}&limit=${this.state.limit}`),
      this.#request<readonly Schedule[]>('GET', `agents/schedules?experience=${id}`),
      all ? this.#fetchRest() : {}
    ]);
    return { runs, schedules, ...rest };
  }

  async #fetchRest(): Promise<Partial<Read>> {
    const [experience, agents] = await Promise.all([
      this.#request<Experience>('GET', `experiences/${this.#experienceId}`),
      this.#request<readonly Agent[]>('GET', 'agents')
    ]);
    return { experience, agents };
  }

  #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#reading.request<T>(method, path, body);
  }

  readonly #experienceId: string;
  readonly #reading: Reading<Read>;
  #wantsAll = true;
}

/** Those that wait or are under way. */
export function live(state: AgentsState): readonly Run[] {
  return state.runs.filter(each => each.ended_at === null);
}

/** Those that have ended. */
export function ended(state: AgentsState): readonly Run[] {
  return state.runs.filter(each => each.ended_at !== null);
}

/** Whether there may be runs that are older than those shown. */
export function hasMore({ runs, limit }: AgentsState): boolean {
  return runs.length >= limit && limit < MOST_RUNS;
}

/** The runs that are in another state than before, or new; what was under way before the first look is no news. */
export function news(before: AgentsState, after: AgentsState): readonly Run[] {
  if (before.phase === 'loading') {
    return [];
  }
  const states = new Map(before.runs.map(each => [each.id, each.state]));
  const oldest = before.runs.at(-1);
  return after.runs.filter(
    each => states.get(each.id) !== each.state && (states.has(each.id) || isAfter(each, oldest))
  );
}

/** An agent's title; its name where there is no such agent any more. */
export function titleOf({ agents }: Pick<AgentsState, 'agents'>, name: string): string {
  return agents.find(each => each.name === name)?.title ?? name;
}

function isAfter(run: Run, oldest: Run | undefined): boolean {
  return oldest === undefined || newestFirst(run, oldest) < 0;
}

function newestFirst(one: Run, other: Run): number {
  return other.created_at.localeCompare(one.created_at) || other.id.localeCompare(one.id);
}
