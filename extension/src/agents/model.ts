import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { changesOf } from '../chat/changes.js';
import { newId } from '../chat/ids.js';
import type { Change, Experience, Fault } from '../chat/records.js';
import { faultOf } from '../experiences/model.js';
import type { IOwner } from '../tokens.js';
import type { Agent, Preview, Run, Schedule } from './records.js';

export interface AgentsState {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly experience: Experience | null;
  readonly agents: readonly Agent[];
  /** The latest, the last one first. */
  readonly runs: readonly Run[];
  /** How many of them were asked for. */
  readonly limit: number;
  /** The one due first first. */
  readonly schedules: readonly Schedule[];
  /** Why this could not be read. */
  readonly fault: Fault | null;
}

/** So many runs are shown at first, and so many more each time. */
export const PAGE = 20;
/** So many the owner gives at most. */
export const MOST_RUNS = 500;

/** Changes come in flocks: what they touched is read once they have settled. */
const SETTLE_MS = 60;

type Read = Partial<Omit<AgentsState, 'phase' | 'fault' | 'limit'>>;

/** The runs and schedules of one Experience, as fresh as the owner says. */
export class AgentsModel implements IDisposable {
  constructor(owner: Pick<IOwner, 'transport' | 'unlocked'>, experienceId: string) {
    this.#owner = owner;
    this.#experienceId = experienceId;
    owner.unlocked.connect(this.#onUnlocked, this);
    this.#unsubscribe = changesOf(owner.transport).subscribe(change => {
      this.#onChange(change);
    });
  }

  get state(): AgentsState {
    return this.#state;
  }

  get changed(): ISignal<this, AgentsState> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (!this.#disposed) {
      this.#disposed = true;
      clearTimeout(this.#settling);
      this.#unsubscribe();
      this.#owner.unlocked.disconnect(this.#onUnlocked, this);
      Signal.clearData(this);
    }
  }

  /** Reads everything again. What goes wrong is in the state. */
  refresh(): Promise<void> {
    this.#wantsAll = true;
    return this.#read();
  }

  /** Reads runs that are older than those shown, too. */
  showMore(): Promise<void> {
    this.#set({ limit: Math.min(this.#state.limit + PAGE, MOST_RUNS) });
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
    this.#reading += 1;
    this.#set({ schedules: this.#state.schedules.filter(each => each.id !== id) });
  }

  async #ask(wanted: { id: string; agent: string; since: string; until: string | null }): Promise<void> {
    const body = { ...wanted, experience_id: this.#experienceId };
    this.#know(await this.#request<Run>('POST', 'agents/runs', body));
  }

  /** A run as the owner has just said that it is; a list that was asked for before does not know of this. */
  #know(run: Run): void {
    this.#reading += 1;
    this.#set({ runs: [run, ...this.#state.runs.filter(each => each.id !== run.id)].sort(newestFirst) });
  }

  #keep(schedule: Schedule): void {
    this.#reading += 1;
    const others = this.#state.schedules.filter(each => each.id !== schedule.id);
    this.#set({ schedules: [...others, schedule].sort((one, other) => one.due_at.localeCompare(other.due_at)) });
  }

  #onChange(change: Change | null): void {
    if (change === null || (change.noun === 'experiences' && change.id === this.#experienceId)) {
      this.#wantsAll = true;
    } else if (!['runs', 'schedules'].includes(change.noun) || change.experience_id !== this.#experienceId) {
      return;
    }
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#read(), SETTLE_MS);
  }

  #onUnlocked(): void {
    void this.refresh();
  }

  /** Reads what changes by itself, and the rest where it has not been read or is said to have changed. */
  async #read(): Promise<void> {
    const reading = (this.#reading += 1);
    const all = this.#wantsAll;
    try {
      const read = await this.#fetch(all);
      if (reading === this.#reading) {
        this.#wantsAll &&= !all;
        this.#set({ phase: 'ready', fault: null, ...read });
      }
    } catch (error) {
      if (reading === this.#reading) {
        this.#wantsAll = true;
        this.#set({ phase: 'failed', fault: faultOf(error) });
      }
    }
  }

  async #fetch(all: boolean): Promise<Read> {
    const id = this.#experienceId;
    const [runs, schedules, rest] = await Promise.all([
      this.#request<readonly Run[]>('GET', `agents/runs?experience=${id}&limit=${this.#state.limit}`),
      this.#request<readonly Schedule[]>('GET', `agents/schedules?experience=${id}`),
      all ? this.#fetchRest() : {}
    ]);
    return { runs, schedules, ...rest };
  }

  async #fetchRest(): Promise<Read> {
    const [experience, agents] = await Promise.all([
      this.#request<Experience>('GET', `experiences/${this.#experienceId}`),
      this.#request<readonly Agent[]>('GET', 'agents')
    ]);
    return { experience, agents };
  }

  #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#owner.transport.request<T>(method, path, body);
  }

  #set(change: Partial<AgentsState>): void {
    if (!this.#disposed) {
      this.#state = { ...this.#state, ...change };
      this.#changed.emit(this.#state);
    }
  }

  readonly #owner: Pick<IOwner, 'transport' | 'unlocked'>;
  readonly #experienceId: string;
  readonly #unsubscribe: () => void;
  readonly #changed = new Signal<this, AgentsState>(this);
  #state: AgentsState = {
    phase: 'loading',
    experience: null,
    agents: [],
    runs: [],
    limit: PAGE,
    schedules: [],
    fault: null
  };
  #wantsAll = true;
  #reading = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
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
