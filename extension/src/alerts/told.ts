import type { Alert } from './records.js';

/** So long after it stood last an alert counts as a new one. */
export const REMEMBERED_MS = 86_400_000;

const DATABASE = 'llm-workbench';
const STORE = 'told-alerts';

/** That an alert has been told, and when it stood last (milliseconds since 1970). */
interface Telling {
  readonly key: string;
  readonly at: number;
}

/** What tells an alert from others: the same limit, passed by the same model, or in the same day or month. */
export function keyOf({ threshold_id, budget_id, model, most, since }: Alert): string {
  return JSON.stringify([threshold_id ?? budget_id, model, most, ...(since === null ? [] : [since])]);
}

/**
 * Remembers which alerts have been told, for all windows of this browser and over reloads.
 *
 * A database of the browser's: what one window writes in a transaction the next sees in its own, which cannot be said of
 * `localStorage`. Where the browser keeps none, each page remembers for itself.
 */
export class Told {
  /** Those of the standing alerts that nobody has told; from now on they are told. */
  async claim(standing: readonly Alert[], now: number = Date.now()): Promise<readonly Alert[]> {
    try {
      return await claimed(await opened(), standing, now);
    } catch {
      return this.#claim(standing, now);
    }
  }

  #claim(standing: readonly Alert[], now: number): readonly Alert[] {
    const fresh = untold(standing, [...this.#here.values()], now);
    for (const alert of standing) {
      this.#here.set(keyOf(alert), { key: keyOf(alert), at: now });
    }
    return fresh;
  }

  readonly #here = new Map<string, Telling>();
}

function untold(standing: readonly Alert[], told: readonly Telling[], now: number): readonly Alert[] {
  const known = new Set(told.filter(each => now - each.at <= REMEMBERED_MS).map(each => each.key));
  return standing.filter(alert => !known.has(keyOf(alert)));
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: 'key' });
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new Error('The browser keeps no database.', { cause: request.error }));
    };
  });
}

/** One transaction: two windows that ask at the same time are answered one after the other. */
function claimed(database: IDBDatabase, standing: readonly Alert[], now: number): Promise<readonly Alert[]> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite');
    const store = transaction.objectStore(STORE);
    let fresh: readonly Alert[] = [];
    const all = store.getAll() as IDBRequest<Telling[]>;
    all.onsuccess = () => {
      fresh = untold(standing, all.result, now);
      for (const { key, at } of all.result) {
        if (now - at > REMEMBERED_MS) {
          store.delete(key);
        }
      }
      for (const alert of standing) {
        store.put({ key: keyOf(alert), at: now });
      }
    };
    transaction.oncomplete = () => {
      database.close();
      resolve(fresh);
    };
    transaction.onabort = () => {
      database.close();
      reject(new Error('The browser did not keep it.', { cause: transaction.error }));
    };
  });
}
