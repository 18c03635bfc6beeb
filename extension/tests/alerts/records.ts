import type { Alert, Threshold } from '../../src/alerts/records.js';

export function threshold(id: string, other: Partial<Threshold> = {}): Threshold {
  return {
    id,
    measure: 'reply_s',
    model: null,
    most: '2.5',
    created_at: '2026-11-01T00:00:00Z',
    updated_at: '2026-11-01T00:00:00Z',
    revision: 1,
    ...other
  };
}

export function alert(model: string, other: Partial<Alert> = {}): Alert {
  return {
    threshold_id: 't1',
    budget_id: null,
    measure: 'reply_s',
    model,
    value: '9',
    most: '2.5',
    requests: 10,
    since: null,
    last_at: '2026-11-23T08:00:00Z',
    message: `${model}: 9.00 s for a reply, the median of 10 requests in 24 hours; your limit is 2.5 s.`,
    ...other
  };
}
