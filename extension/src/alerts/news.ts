import type { IAlerts } from '../tokens.js';
import type { Alert, AlertsState } from './records.js';
import { keyOf, type Told } from './told.js';

/** So many new alerts are told one by one; more are told as one. */
export const ONE_BY_ONE = 3;

/** How the host tells of alerts. */
export interface Teller {
  /** Shows news of these alerts, and gives back its id. */
  readonly show: (alerts: readonly Alert[]) => string;
  /** Takes news away. */
  readonly dismiss: (id: string) => void;
}

interface Options {
  readonly alerts: Pick<IAlerts, 'changed'>;
  readonly told: Pick<Told, 'claim'>;
  readonly teller: Teller;
  /** News is for who sees it: a hidden window tells nothing, and reads again when it is seen. */
  readonly page?: Pick<Document, 'hidden'>;
}

/** Tells of each alert once, and takes the news away when none of its alerts stands any more. */
export class AlertNews {
  constructor(options: Options) {
    this.#options = options;
    options.alerts.changed.connect(this.#onChanged, this);
  }

  #onChanged(_: unknown, state: AlertsState): void {
    if (state.phase === 'ready') {
      this.#telling = this.#telling.then(() => this.#tell(state.alerts));
    }
  }

  async #tell(standing: readonly Alert[]): Promise<void> {
    const { told, teller, page = document } = this.#options;
    const keys = new Set(standing.map(keyOf));
    for (const [id, shown] of this.#shown) {
      if (!shown.some(alert => keys.has(keyOf(alert)))) {
        teller.dismiss(id);
        this.#shown.delete(id);
      }
    }
    if (standing.length > 0 && !page.hidden) {
      const fresh = await told.claim(standing);
      const news = fresh.length > ONE_BY_ONE ? [fresh] : fresh.map(alert => [alert]);
      for (const each of news) {
        this.#shown.set(teller.show(each), each);
      }
    }
  }

  readonly #options: Options;
  /** What was shown here, by its id. */
  readonly #shown = new Map<string, readonly Alert[]>();
  #telling: Promise<void> = Promise.resolve();
}
