import type { Run, Schedule } from '../../src/agents/records.js';

export function run(id: string, other: Partial<Run> = {}): Run {
  return {
    id,
    agent: 'weekly-report',
    experience_id: 'physics',
    schedule_id: null,
    due_at: null,
    since: '2026-11-16T08:00:00Z',
    until: '2026-11-23T08:00:00Z',
    state: 'succeeded',
    cell: 16,
    cells: 16,
    line: '',
    fault: null,
    has_report: true,
    cost_usd: null,
    of_unknown_cost: 0,
    created_at: `2026-11-23T08:00:0${id}Z`,
    started_at: '2026-11-23T08:00:10Z',
    ended_at: '2026-11-23T08:00:30Z',
    ...other
  };
}

export function schedule(id: string, other: Partial<Schedule> = {}): Schedule {
  return {
    id,
    experience_id: 'physics',
    agent: 'weekly-report',
    cron: '0 8 * * 1',
    time_zone: 'Europe/Berlin',
    state: 'active',
    due_at: '2026-11-30T07:00:00Z',
    last_due_at: null,
    created_at: '2026-11-23T08:00:00Z',
    updated_at: '2026-11-23T08:00:00Z',
    revision: 1,
    ...other
  };
}
