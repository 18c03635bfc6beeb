import { expect, test } from 'vitest';

import { newId } from '../../src/chat/ids.js';

test('an id is a UUIDv7 of its millisecond', () => {
  const id = newId(Date.UTC(2026, 10, 23, 10));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replace(/-/g, '').slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 23, 10));
});

test('ids sort by the time they were made', () => {
  const ids = [1, 255, 256, 1_800_000_000_000, 1_800_000_000_001].map(time => newId(time));
  expect([...ids].sort()).toEqual(ids);
});

test('no two ids are the same', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId(0))).size).toBe(1000);
});
