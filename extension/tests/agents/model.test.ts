import { expect, test, vi } from 'vitest';

import { AgentsModel, ended, hasMore, live, MOST_RUNS, news, PAGE, titleOf } from '../../src/agents/model.js';
import type { Run } from '../../src/agents/records.js';
import { ApiError } from '../../src/chat/transport.js';
import { experience, StandInOwner } from '../standin.js';
import { run, schedule } from './records.js';

const RUNS = `GET agents/runs?experience=physics&limit=${PAGE}`;
const SCHEDULES = 'GET agents/schedules?experience=physics';
const AGENT = { name: 'weekly-report', title: 'Weekly report', description: '' };
const RUNNING = run('3', { state: 'running', ended_at: null, has_report: false });

function bench(...runs: readonly Run[]): { owner: StandInOwner; agents: AgentsModel } {
  const owner = new StandInOwner();
  owner.answers.set(RUNS, runs);
  owner.answers.set(SCHEDULES, []);
  owner.answers.set('GET agents', [AGENT]);
  owner.answers.set('GET experiences/physics', experience('Physics'));
  return { owner, agents: new AgentsModel(owner, 'physics') };
}

test('runs under way and runs that have ended are told apart', async () => {
  const { agents } = bench(RUNNING, run('2'), run('1', { state: 'failed' }));
  await agents.refresh();
  expect(agents.state.experience?.name).toBe('Physics');
  expect(live(agents.state).map(each => each.id)).toEqual(['3']);
  expect(ended(agents.state).map(each => each.id)).toEqual(['2', '1']);
});

test('a run that is asked for is there before the owner says that something changed', async () => {
  const { owner, agents } = bench(run('2'));
  await agents.refresh();
  owner.answers.set('POST agents/runs', RUNNING);
  await agents.run('weekly-report', '30d', 'one id');
  expect(owner.asked.at(-1)?.body).toEqual({
    id: 'one id',
    agent: 'weekly-report',
    experience_id: 'physics',
    since: '30d',
    until: null
  });
  expect(agents.state.runs.map(each => each.id)).toEqual(['3', '2']);
});

test('running again asks for the same days', async () => {
  const { owner, agents } = bench(run('1', { state: 'failed' }));
  await agents.refresh();
  owner.answers.set('POST agents/runs', RUNNING);
  await agents.again(run('1'));
  expect(owner.asked.at(-1)?.body).toMatchObject({ since: '2026-11-16T08:00:00Z', until: '2026-11-23T08:00:00Z' });
});

test('what changes of the Experience while all is being read is read afterwards', async () => {
  const { owner, agents } = bench(run('2'));
  let answer: (runs: unknown) => void = () => undefined;
  owner.answers.set(RUNS, () => new Promise(resolve => { answer = resolve; }));
  const reading = agents.refresh();
  owner.tell({ noun: 'experiences', id: 'physics', action: 'update', experience_id: 'physics' });
  await new Promise(resolve => setTimeout(resolve, 0)); // the change has been heard
  owner.answers.set(RUNS, [run('2')]);
  owner.answers.set('GET experiences/physics', experience('Physics II'));
  answer([run('2')]);
  await reading;
  await vi.waitFor(() => {
    expect(agents.state.experience?.name).toBe('Physics II');
  });
});

test('a change of a run is seen without asking, and reads no more than it must', async () => {
  const { owner, agents } = bench(RUNNING);
  await agents.refresh();
  owner.answers.set(RUNS, [run('3')]);
  owner.asked.length = 0;
  owner.tell({ noun: 'runs', id: '3', action: 'finish', experience_id: 'physics' });
  await vi.waitFor(() => {
    expect(live(agents.state)).toEqual([]);
  });
  expect(owner.asked.map(each => each.call)).toEqual([RUNS, SCHEDULES]);
});

test.each([
  { noun: 'runs', id: '9', action: 'finish', experience_id: 'cooking' },
  { noun: 'messages', id: '9', action: 'finish', experience_id: 'physics' },
  { noun: 'experiences', id: 'cooking', action: 'update' }
])('a change that touches nothing here asks for nothing: %j', async change => {
  const { owner, agents } = bench(RUNNING);
  await agents.refresh();
  owner.asked.length = 0;
  owner.tell(change);
  await new Promise(resolve => setTimeout(resolve, 150));
  expect(owner.asked).toEqual([]);
});

test('a new name of the Experience is seen', async () => {
  const { owner, agents } = bench();
  await agents.refresh();
  owner.answers.set('GET experiences/physics', experience('Astronomy'));
  owner.tell({ noun: 'experiences', id: 'physics', action: 'update' });
  await vi.waitFor(() => {
    expect(agents.state.experience?.name).toBe('Astronomy');
  });
});

test('an owner that is away is said, and what was read stays; when it answers again everything is read', async () => {
  const { owner, agents } = bench(run('2'));
  await agents.refresh();
  owner.answers.set(RUNS, new ApiError({ code: 'unreachable', message: 'No answer.', status: 502 }));
  await agents.refresh();
  expect(agents.state).toMatchObject({ phase: 'failed', fault: { code: 'unreachable' } });
  expect(ended(agents.state)).toHaveLength(1);
  owner.answers.set(RUNS, []);
  owner.answers.set('GET agents', []);
  owner.tell({ noun: 'runs', id: '2', action: 'finish', experience_id: 'physics' });
  await vi.waitFor(() => {
    expect(agents.state).toMatchObject({ phase: 'ready', fault: null, runs: [], agents: [] });
  });
});

test('unlocking anywhere reads everything', async () => {
  const { owner, agents } = bench(run('1'));
  owner.answers.set(RUNS, new ApiError({ code: 'locked', message: 'Locked.', status: 423 }));
  await agents.refresh();
  expect(agents.state.fault?.code).toBe('locked');
  owner.answers.set(RUNS, [run('1')]);
  owner.answers.set('POST unlock', {});
  await owner.unlock('correct horse');
  await vi.waitFor(() => {
    expect(agents.state).toMatchObject({ phase: 'ready', fault: null });
  });
});

test('a list asked for before a change does not undo it', async () => {
  const { owner, agents } = bench();
  await agents.refresh();
  let answer: (list: unknown) => void = () => undefined;
  owner.answers.set(RUNS, () => new Promise(resolve => (answer = resolve)));
  const reading = agents.refresh();
  owner.answers.set('POST agents/runs', RUNNING);
  await agents.run('weekly-report', '7d');
  answer([]);
  await reading;
  expect(live(agents.state).map(each => each.id)).toEqual(['3']);
});

test('schedules are made, changed, paused and removed', async () => {
  const { owner, agents } = bench();
  await agents.refresh();
  owner.answers.set('POST agents/schedules', schedule('a'));
  await agents.schedule('weekly-report', '0 8 * * 1', 'one id');
  expect(owner.asked.at(-1)?.body).toMatchObject({ id: 'one id', cron: '0 8 * * 1', experience_id: 'physics' });
  owner.answers.set('PATCH agents/schedules/a', schedule('a', { cron: '0 8 * * *' }));
  await agents.reschedule('a', '0 8 * * *');
  owner.answers.set('POST agents/schedules/a/pause', schedule('a', { cron: '0 8 * * *', state: 'paused' }));
  await agents.pause('a');
  expect(agents.state.schedules).toMatchObject([{ id: 'a', cron: '0 8 * * *', state: 'paused' }]);
  owner.answers.set('DELETE agents/schedules/a', schedule('a'));
  await agents.unschedule('a');
  expect(agents.state.schedules).toEqual([]);
});

test('what the owner refuses is passed on', async () => {
  const { owner, agents } = bench();
  owner.answers.set('POST agents/runs', new ApiError({ code: 'invalid', message: 'In the trash.', status: 422 }));
  await expect(agents.run('weekly-report', '7d')).rejects.toThrow('In the trash.');
});

test('older runs are read a page at a time, as far as the owner gives them', async () => {
  const page = Array.from({ length: PAGE }, (_, index) => run(String(index)));
  const { owner, agents } = bench(...page);
  await agents.refresh();
  expect(hasMore(agents.state)).toBe(true);
  owner.answers.set(`GET agents/runs?experience=physics&limit=${2 * PAGE}`, [...page, run('older')]);
  await agents.showMore();
  expect(agents.state.runs).toHaveLength(PAGE + 1);
  expect(hasMore(agents.state)).toBe(false);
  expect(hasMore({ ...agents.state, runs: Array<Run>(MOST_RUNS).fill(run('1')), limit: MOST_RUNS })).toBe(false);
});

test('news are runs that begin or end, not those that were there before', async () => {
  const { agents } = bench(run('2'));
  const loading = agents.state;
  await agents.refresh();
  const before = agents.state;
  expect(news(loading, before)).toEqual([]);
  const begun = { ...before, runs: [RUNNING, run('2')] };
  expect(news(before, begun)).toEqual([RUNNING]);
  expect(news(begun, { ...begun, runs: [{ ...RUNNING, cell: 9 }, run('2'), run('1')] })).toEqual([]);
  expect(news(begun, { ...begun, runs: [run('3'), run('2')] })).toEqual([run('3')]);
});

test('an agent that is gone is called by its name', () => {
  expect(titleOf({ agents: [AGENT] }, 'weekly-report')).toBe('Weekly report');
  expect(titleOf({ agents: [] }, 'weekly-report')).toBe('weekly-report');
});
