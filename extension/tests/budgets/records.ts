import type { Budget, BudgetState } from '../../src/budgets/records.js';

export function budget(id: string, other: Partial<Budget> = {}): Budget {
  return {
    id,
    period: 'month',
    experience_id: null,
    provider: null,
    amount_usd: '20',
    warn_percent: 80,
    enabled: true,
    created_at: '2026-11-01T00:00:00Z',
    updated_at: '2026-11-01T00:00:00Z',
    revision: 3,
    ...other
  };
}

export function spent(of: Budget, other: Partial<BudgetState> = {}): BudgetState {
  return {
    id: of.id,
    name: "this month's budget",
    budget: of,
    amount_usd: of.amount_usd,
    spent_usd: '1.2',
    left_usd: '18.8',
    percent: 6,
    since: '2026-11-01T00:00:00Z',
    until: '2026-12-01T00:00:00Z',
    requests: 4,
    last_at: '2026-11-23T08:00:00Z',
    estimated_requests: 0,
    unknown_requests: 0,
    message: '$1.20 of $20.00 is spent until 2026-12-01 00:00 (UTC).',
    ...other
  };
}
