import { expect, test } from 'vitest';

import { EventParser } from '../../src/chat/sse.js';

const STREAM = [
  ': hello',
  '',
  'event: snapshot',
  'data: {"text":"äöü ✓ 𝛼"}',
  '',
  'event:delta',
  'data:first line',
  'data: second line',
  'id: 7',
  'retry: 10',
  '',
  'data',
  '',
  'event: lost, for it has no data',
  '',
  'event: done',
  'data: {}',
  '',
  'data: cut off'
];

const EVENTS = [
  { event: 'snapshot', data: '{"text":"äöü ✓ 𝛼"}' },
  { event: 'delta', data: 'first line\nsecond line' },
  { event: 'message', data: '' },
  { event: 'done', data: '{}' }
];

function parse(...pieces: string[]): unknown {
  const parser = new EventParser();
  return [...pieces.flatMap(piece => parser.push(piece)), ...parser.end()];
}

for (const [name, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r']
] as const) {
  const text = STREAM.join(end);

  test(`a stream with ${name} is read whole`, () => {
    expect(parse(text)).toEqual(EVENTS);
  });

  test(`a stream with ${name} is read the same wherever it is cut in two`, () => {
    for (let at = 0; at <= text.length; at++) {
      expect(parse(text.slice(0, at), text.slice(at))).toEqual(EVENTS);
    }
  });

  test(`a stream with ${name} is read the same one character at a time`, () => {
    expect(parse(...text.split(''))).toEqual(EVENTS);
  });
}

test('a byte order mark at the beginning is skipped', () => {
  expect(parse('\uFEFF', 'data: x\n\n')).toEqual([{ event: 'message', data: 'x' }]);
});

test('an event that ends with a lone CR at the end of the stream counts', () => {
  expect(parse('data: x\r\r')).toEqual([{ event: 'message', data: 'x' }]);
});
