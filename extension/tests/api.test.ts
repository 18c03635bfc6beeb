// @vitest-environment node
import { readFile } from 'node:fs/promises';

import openapiTS, { astToString } from 'openapi-typescript';
import { expect, expectTypeOf, test } from 'vitest';

import type { components } from '../src/api.js';
import type * as records from '../src/chat/records.js';

type Schemas = components['schemas'];

test('the types are those of the API as it is described', async () => {
  const description = new URL('../../docs/reference/openapi.json', import.meta.url);
  const written = await readFile(new URL('../src/api.ts', import.meta.url), 'utf8');
  const fresh = astToString(await openapiTS(description, { immutable: true }));
  expect(written.endsWith(fresh), 'Run `npm run api`.').toBe(true);
});

test('the records of the chat are what the API gives', () => {
  expectTypeOf<Schemas['Experience']>().toExtend<records.Experience>();
  expectTypeOf<Schemas['Conversation']>().toExtend<records.Conversation>();
  expectTypeOf<Schemas['ConversationPage']>().toExtend<records.ConversationPage>();
  expectTypeOf<Schemas['ConversationTree']>().toExtend<records.ConversationTree>();
  expectTypeOf<Schemas['Message']>().toExtend<records.Message>();
  expectTypeOf<Schemas['Turn']>().toExtend<records.Turn>();
  expectTypeOf<Schemas['Model']>().toExtend<records.Model>();
  expectTypeOf<Schemas['Download']>().toExtend<records.Download>();
});
