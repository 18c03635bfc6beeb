import { Signal } from '@lumino/signaling';
import { expect, test, vi } from 'vitest';

import { AlertNews } from '../../src/alerts/news.js';
import type { Alert, AlertsState } from '../../src/alerts/records.js';
import { REMEMBERED_MS, Told } from '../../src/alerts/told.js';
import { alert } from './records.js';

/** A window of JupyterLab, with what it shows. */
class Window {
  constructor(told: Told, page: { hidden: boolean } = { hidden: false }) {
    new AlertNews({
      alerts: { changed: this.#changed },
      told,
      page,
      teller: {
        show: alerts => {
          const id = `news ${(this.#count += 1)}`;
          this.shown.set(id, alerts.map(each => each.model ?? each.message));
          return id;
        },
        dismiss: id => this.shown.delete(id)
      }
    });
  }

  readonly shown = new Map<string, readonly string[]>();

  stand(...alerts: readonly Alert[]): void {
    this.#changed.emit({ phase: 'ready', alerts, thresholds: [], budgets: [], fault: null });
  }

  readonly #changed = new Signal<object, AlertsState>({});
  #count = 0;
}

test('an alert is told once, whatever windows there are, and another one beside it', async () => {
  const told = new Told();
  const [one, other] = [new Window(told), new Window(told)];
  one.stand(alert('a/b'));
  one.stand(alert('a/b'));
  await vi.waitFor(() => {
    expect([...one.shown.values()]).toEqual([['a/b']]);
  });
  other.stand(alert('a/b'));
  other.stand(alert('a/b'), alert('c/d'));
  await vi.waitFor(() => {
    expect([...other.shown.values()]).toEqual([['c/d']]);
  });
  expect(one.shown.size).toBe(1);
});

test('a window that nobody sees leaves the telling to one that is seen', async () => {
  const told = new Told();
  const page = { hidden: true };
  const [hidden, seen] = [new Window(told, page), new Window(told)];
  hidden.stand(alert('a/b'));
  seen.stand(alert('a/b'));
  await vi.waitFor(() => {
    expect([...seen.shown.values()]).toEqual([['a/b']]);
  });
  page.hidden = false;
  hidden.stand(alert('a/b'), alert('c/d'));
  await vi.waitFor(() => {
    expect([...hidden.shown.values()]).toEqual([['c/d']]);
  });
});

test('news of an alert that has ended is taken away', async () => {
  const window = new Window(new Told());
  window.stand(alert('a/b'));
  await vi.waitFor(() => {
    expect(window.shown.size).toBe(1);
  });
  window.stand();
  await vi.waitFor(() => {
    expect(window.shown.size).toBe(0);
  });
});

test('many alerts at once are told as one', async () => {
  const window = new Window(new Told());
  window.stand(...['a', 'b', 'c', 'd'].map(name => alert(`x/${name}`)));
  await vi.waitFor(() => {
    expect([...window.shown.values()]).toEqual([['x/a', 'x/b', 'x/c', 'x/d']]);
  });
});

test('the same alert is new with another limit, and when it has not stood for a day', async () => {
  const told = new Told();
  const now = 1_000_000_000_000;
  const claim = async (each: Alert, at: number): Promise<number> => (await told.claim([each], at)).length;
  expect(await claim(alert('a/b'), now)).toBe(1);
  expect(await claim(alert('a/b'), now + REMEMBERED_MS)).toBe(0);
  expect(await claim(alert('a/b'), now + 2 * REMEMBERED_MS)).toBe(0);
  expect(await claim(alert('a/b', { most: '5' }), now + 2 * REMEMBERED_MS)).toBe(1);
  expect(await claim(alert('a/b'), now + 3 * REMEMBERED_MS + 1)).toBe(1);
});

test('of a budget is told anew when its next day has begun', async () => {
  const window = new Window(new Told());
  const spent = { threshold_id: null, budget_id: 'b1', measure: 'budget_usd', model: null } as const;
  const message = "81 % of today's budget is spent ($0.81 of $1.00).";
  for (const since of ['2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z']) {
    window.stand(alert('', { ...spent, since, message: `${message} ${since}` }));
    await vi.waitFor(() => {
      expect([...window.shown.values()]).toEqual([[`${message} ${since}`]]);
    });
  }
});
