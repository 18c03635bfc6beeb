import type { TranslationBundle } from '@jupyterlab/translation';

import { tag } from '../experiences/time.js';
import { type Plan, planOf } from './plan.js';
import type { Run } from './records.js';

const SMALLEST_SHOWN_USD = 0.0001;

/** How a run is, in a word. */
export function stateWord(run: Run, trans: TranslationBundle): string {
  switch (run.state) {
    case 'queued':
      return trans.__('Waiting');
    case 'running':
      return trans.__('Running');
    case 'succeeded':
      return trans.__('Complete');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Stopped');
    case 'interrupted':
      return trans.__('Interrupted');
  }
}

/** How far a run is that has not ended. */
export function progressWords(run: Run, now: number, trans: TranslationBundle): string {
  if (run.fault !== null) {
    return trans.__('Waiting: %1 %2', run.fault.message, run.fault.remedy);
  }
  if (run.started_at === null) {
    return trans.__('Waiting for %1: agents run one after another.', lasting(now - Date.parse(run.created_at)));
  }
  const time = lasting(now - Date.parse(run.started_at));
  return run.cell === 0
    ? trans.__('Running for %1: it is being started.', time)
    : trans.__('Running for %1: step %2 of %3.', time, String(run.cell), String(run.cells));
}

/** What models took for a run's summaries, as far as it is known; empty where none wrote one. */
export function costWords({ cost_usd, of_unknown_cost }: Run, trans: TranslationBundle): string {
  if (cost_usd === null) {
    return of_unknown_cost > 0 ? trans.__('cost unknown') : '';
  }
  const amount = Number(cost_usd);
  const isTiny = amount > 0 && amount < SMALLEST_SHOWN_USD;
  const cost = isTiny ? trans.__('less than $%1', String(SMALLEST_SHOWN_USD)) : `$${shortly(amount)}`;
  return of_unknown_cost > 0 ? trans.__('%1, and more that is unknown', cost) : cost;
}

/** `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) {
    return `${seconds} s`;
  }
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time as one says it here: `Mon, Nov 30, 2026, 8:00 AM`; with a zone, in that zone and naming it. */
export function moment(time: string, language: string, zone?: string): string {
  const options = {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit'
  } as const;
  if (zone === undefined) {
    return new Intl.DateTimeFormat(tag(language), options).format(new Date(time));
  }
  const timeZone = isZone(zone) ? zone : 'UTC';
  return `${new Intl.DateTimeFormat(tag(language), { ...options, timeZone }).format(new Date(time))} (${timeZone})`;
}

/** The days that a run reports on. */
export function days({ since, until }: Run, language: string): string {
  const format = new Intl.DateTimeFormat(tag(language), { day: 'numeric', month: 'short', year: 'numeric' });
  return format.formatRange(new Date(since), new Date(until));
}

/** When an agent runs by itself: “every Monday at 8:00 AM”. */
export function planWords(cron: string, language: string, trans: TranslationBundle): string {
  const plan = planOf(cron);
  if (plan === null) {
    return trans.__('at the times of the cron line “%1”', cron);
  }
  const time = timeOfDay(plan, language);
  switch (plan.often) {
    case 'daily':
      return trans.__('every day at %1', time);
    case 'weekly':
      return trans.__('every %1 at %2', weekdayName(plan.weekday, language), time);
    case 'monthly':
      return trans.__('on day %1 of every month at %2', String(plan.day), time);
  }
}

/** The name of a day of the week; 0 is Sunday. */
export function weekdayName(weekday: number, language: string): string {
  const sunday = Date.UTC(2026, 10, 1);
  const format = new Intl.DateTimeFormat(tag(language), { weekday: 'long', timeZone: 'UTC' });
  return format.format(sunday + weekday * 86_400_000);
}

function timeOfDay({ time }: Plan, language: string): string {
  const format = new Intl.DateTimeFormat(tag(language), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  return format.format(Date.parse(`2026-11-01T${time}:00Z`));
}

function shortly(amount: number): string {
  return amount >= 1 ? amount.toFixed(2) : amount === 0 ? '0' : String(Number(amount.toFixed(4)));
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
