import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { estimated, Estimating } from '../../src/chat/estimate.js';
import type { Estimate, Given, Model } from '../../src/chat/records.js';
import type { RequestOptions, Transport } from '../../src/chat/transport.js';

const FOUND: Estimate = {
  model: 'far/model',
  counted: 'estimated',
  input_tokens: 1240,
  input_tokens_low: 1000,
  input_tokens_high: 1500,
  pictures_not_counted: 0,
  pdfs_not_counted: 0,
  not_shown: [],
  messages_left_out: 0,
  context_tokens: 100000,
  window_share: 0.01,
  reply_tokens_low: 50,
  reply_tokens_high: 1000,
  reply_from: 'default',
  cost_low_usd: '0.003',
  cost_high_usd: '0.011',
  budget: ''
};
const FAR = { id: 'far/model', sees: true, pdf: null } as Model;
const NEAR = { id: 'near/model', sees: false, pdf: true } as Model;
const NOTES: Given = { kind: 'text', name: 'notes.md', text: 'By hand.', media_type: '', data: '' };
const PICTURE: Given = { kind: 'picture', name: 'a.png', text: '', media_type: 'image/png', data: 'AAAA' };
const PAPER: Given = { kind: 'pdf', name: 'a.pdf', text: '', media_type: 'application/pdf', data: 'AAAA' };
const NONE: readonly Given[] = [];
const DRAFT = { path: 'conversations/c', text: 'Why?', models: [FAR], given: NONE, parent_id: 'm' };

let asked: { path: string; body: unknown; signal: AbortSignal | undefined }[];
let answers: ((answer: Estimate | Error) => void)[];
let told: (readonly Estimate[])[];
let estimating: Estimating;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, told] = [[], [], []];
  const way: Transport = {
    request: <T>(_: string, path: string, body?: unknown, options?: RequestOptions) =>
      new Promise<T>((resolve, reject) => {
        asked.push({ path, body, signal: options?.signal });
        answers.push(answer => {
          if (answer instanceof Error) {
            reject(answer);
          } else {
            resolve(answer as T);
          }
        });
      }),
    events: () => {
      throw new Error('nothing is followed here');
    }
  };
  estimating = new Estimating(way, estimate => told.push(estimate));
});

afterEach(() => {
  vi.useRealTimers();
});

test('a draft is estimated once its writer pauses', async () => {
  for (const text of ['W', 'Wh', 'Why?']) {
    estimating.plan({ ...DRAFT, text });
    await vi.advanceTimersByTimeAsync(299);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.map(each => [each.path, each.body])).toEqual([
    ['conversations/c/estimate', { text: 'Why?', model: 'far/model', attachments: [], parent_id: 'm' }]
  ]);
  answers[0]?.(FOUND);
  await vi.runAllTimersAsync();
  expect(told).toEqual([[FOUND]]);
});

test('a newer draft ends the question about the older one, whose answer is not shown', async () => {
  estimating.plan(DRAFT);
  await vi.runAllTimersAsync();
  estimating.plan({ ...DRAFT, text: 'Why not?' });
  expect(asked[0]?.signal?.aborted).toBe(true);
  answers[0]?.(FOUND);
  await vi.runAllTimersAsync();
  expect(told).toEqual([]);
  answers[1]?.({ ...FOUND, input_tokens: 7 });
  await vi.runAllTimersAsync();
  expect(told.map(each => each[0]?.input_tokens)).toEqual([7]);
});

test('the same draft is asked about once, and an empty one is nothing to say', async () => {
  estimating.plan(DRAFT);
  await vi.runAllTimersAsync();
  estimating.plan({ ...DRAFT });
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  estimating.plan(null);
  expect(told).toEqual([[]]);
});

test('where it cannot be estimated nothing is said', async () => {
  estimating.plan(DRAFT);
  await vi.runAllTimersAsync();
  answers[0]?.(new Error('away'));
  await vi.runAllTimersAsync();
  expect(told).toEqual([[]]);
});

test.each<[Partial<Estimate>, string]>([
  [{}, 'about 1,240 tokens · $0.003–$0.011'],
  [{ counted: 'exact' }, '1,240 tokens · $0.003–$0.011'],
  [{ cost_low_usd: null, cost_high_usd: null }, 'about 1,240 tokens · price unknown'],
  [{ budget: '81 % of it is spent.' }, 'about 1,240 tokens · $0.003–$0.011 · 81 % of it is spent.'],
  [{ cost_low_usd: '0', cost_high_usd: '0' }, 'about 1,240 tokens'],
  [{ pdfs_not_counted: 1 }, 'about 1,240 tokens · $0.003–$0.011 · PDFs not counted'],
  [{ pictures_not_counted: 1 }, 'about 1,240 tokens · $0.003–$0.011 · pictures not counted'],
  [
    { window_share: 0.91 },
    'about 1,240 tokens · $0.003–$0.011 · the model’s window is nearly full'
  ],
  [
    { messages_left_out: 3, window_share: 0.7 },
    'about 1,240 tokens · $0.003–$0.011 · earlier messages no longer fit'
  ]
])('an estimate is said in a line: %j', (fields, line) => {
  expect(estimated([{ ...FOUND, ...fields }], text => text)).toBe(line);
});

test('each model is asked about, of pictures and PDFs only whether they are shown', async () => {
  estimating.plan({ ...DRAFT, models: [FAR, NEAR], given: [NOTES, PICTURE, PAPER] });
  await vi.runAllTimersAsync();
  expect(asked.map(each => each.body)).toEqual(
    ['far/model', 'near/model'].map(model => ({ text: 'Why?', model, attachments: [NOTES], parent_id: 'm' }))
  );
  answers.forEach(answer => {
    answer({ ...FOUND, counted: 'exact' });
  });
  await vi.runAllTimersAsync();
  expect(told).toEqual([
    [
      { ...FOUND, pictures_not_counted: 1 },
      { ...FOUND, pdfs_not_counted: 1 }
    ]
  ]);
});

test('what is given is asked about again when it changes', async () => {
  estimating.plan(DRAFT);
  await vi.runAllTimersAsync();
  estimating.plan({ ...DRAFT, given: [NOTES] });
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
});

test('of one that cannot be estimated among several nothing is said of any', async () => {
  estimating.plan({ ...DRAFT, models: [FAR, NEAR] });
  await vi.runAllTimersAsync();
  answers[0]?.(FOUND);
  answers[1]?.(new Error('away'));
  await vi.runAllTimersAsync();
  expect(told).toEqual([[]]);
});

test.each<[Partial<Estimate>[], string]>([
  [[], ''],
  [[{}, {}], 'about 2,480 tokens · $0.006–$0.022'],
  [[{ counted: 'exact' }, { counted: 'exact' }], '2,480 tokens · $0.006–$0.022'],
  [
    [{}, { cost_low_usd: null, cost_high_usd: null }, {}],
    'about 3,720 tokens · $0.006–$0.022 · cost unknown for 1 of 3'
  ],
  [[{ cost_low_usd: null, cost_high_usd: null }], 'about 1,240 tokens · price unknown'],
  [
    [{ budget: 'Most is spent.' }, { budget: 'Most is spent.', pictures_not_counted: 1 }],
    'about 2,480 tokens · $0.006–$0.022 · pictures not counted · Most is spent.'
  ]
])('estimates of several models are said as one: %j', (several, line) => {
  expect(
    estimated(
      several.map(fields => ({ ...FOUND, ...fields })),
      text => text
    )
  ).toBe(line);
});
