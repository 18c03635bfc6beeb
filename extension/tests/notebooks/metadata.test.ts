import { expect, test } from 'vitest';

import { experienceOf } from '../../src/notebooks/metadata.js';

function notebook(workbench: unknown): { getMetadata(key: string): unknown } {
  return { getMetadata: key => (key === 'workbench' ? workbench : undefined) };
}

test('a notebook says which Experience it belongs to', () => {
  expect(experienceOf(notebook({ experience: 'an id' }))).toBe('an id');
});

test.each([undefined, null, 'text', 7, [], {}, { experience: 7 }, { experience: '' }])(
  'a notebook whose metadata is %j is none of ours',
  workbench => {
    expect(experienceOf(notebook(workbench))).toBeNull();
    expect(experienceOf(null)).toBeNull();
  }
);
