import { expect, test } from 'vitest';

import type { ServerEvent } from '../../src/chat/transport.js';
import { ApiError } from '../../src/chat/transport.js';
import type { PersonalitiesModel } from '../../src/personalities/model.js';
import { Scratch, type ScratchState } from '../../src/personalities/scratch.js';
import { newMessage } from '../chat/scripted.js';
import { TUTOR } from './records.js';

class Asked {
  readonly turns: unknown[] = [];
  readonly stopped: string[] = [];
  readonly events: ServerEvent[] = [];
  refusal: Error | null = null;

  beginPreview(_character: unknown, turns: unknown): Promise<{ id: string }> {
    this.turns.push(turns);
    return this.refusal === null ? Promise.resolve({ id: 'v1' }) : Promise.reject(this.refusal);
  }

  async *followPreview(): AsyncIterable<ServerEvent> {
    for (const each of this.events) {
      yield await Promise.resolve(each);
    }
  }

  stopPreview(id: string): Promise<void> {
    this.stopped.push(id);
    return Promise.resolve();
  }
}

function bench(): { asked: Asked; scratch: Scratch; states: ScratchState[] } {
  const asked = new Asked();
  const states: ScratchState[] = [];
  const scratch = new Scratch(asked as unknown as PersonalitiesModel, state => states.push(state));
  return { asked, scratch, states };
}

function event(name: string, data: unknown): ServerEvent {
  return { event: name, data: JSON.stringify(data) };
}

test('a reply arrives piece by piece, and is said again with the next question', async () => {
  const { asked, scratch, states } = bench();
  asked.events.push(
    event('snapshot', newMessage()),
    event('waiting', { message: 'Trying again in 2 s.' }),
    event('delta', { text: 'Be' }),
    event('delta', { text: 'cause.' }),
    event('done', newMessage({ author: 'assistant', text: 'Because.' }))
  );
  await scratch.ask(' Why? ', TUTOR.character, null);
  expect(states.map(each => each.arriving)).toEqual(['', '', '', 'Be', 'Because.', null]);
  expect(states[2]?.waiting).toBe('Trying again in 2 s.');
  await scratch.ask('And then?', TUTOR.character, null);
  expect(asked.turns[1]).toEqual([
    { author: 'user', text: 'Why?' },
    { author: 'assistant', text: 'Because.' },
    { author: 'user', text: 'And then?' }
  ]);
});

test('what is refused or fails says why, and another question can be asked', async () => {
  const { asked, scratch } = bench();
  asked.refusal = new ApiError({ code: 'budget_reached', message: 'The budget is reached.' });
  await scratch.ask('Why?', TUTOR.character, null);
  expect(scratch.state.arriving).toBeNull();
  expect(scratch.state.fault?.message).toBe('The budget is reached.');
  asked.refusal = null;
  const fault = { code: 'provider', message: 'No.', remedy: '' };
  asked.events.push(event('done', newMessage({ author: 'assistant', status: 'failed', fault })));
  await scratch.ask('Why?', TUTOR.character, null);
  expect(scratch.state.fault).toEqual(fault);
  expect(asked.turns).toHaveLength(2);
});

test('nothing is asked without a word, and clearing begins anew', async () => {
  const { asked, scratch } = bench();
  await scratch.ask('  ', TUTOR.character, null);
  expect(asked.turns).toEqual([]);
  asked.events.push(event('done', newMessage({ author: 'assistant', text: 'So.' })));
  await scratch.ask('Why?', TUTOR.character, null);
  scratch.clear();
  expect(scratch.state.said).toEqual([]);
});
