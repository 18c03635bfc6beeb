import type { Estimate, Given, Model } from './records.js';
import { fill, type Translate } from './translation.js';
import type { Transport } from './transport.js';

/** How long nothing is typed before a draft is estimated. */
const QUIET_MS = 400;
/** From this share of the window on, the reader is warned. */
const NEARLY_FULL = 0.9;

/** A draft and where it would be sent; what differs in anything is another. */
export interface Draft {
  /** `conversations/ID` or `experiences/ID`. */
  readonly path: string;
  readonly text: string;
  /** Each of them would be asked. */
  readonly models: readonly Model[];
  readonly given: readonly Given[];
  /** The message it would follow; absent where it would begin a conversation. */
  readonly parent_id?: string | null;
}

/** Asks what a draft would take, once its writer pauses; a newer draft ends the question about an older one. */
export class Estimating {
  constructor(transport: Transport, onChange: (estimates: readonly Estimate[]) => void) {
    this.#transport = transport;
    this.#onChange = onChange;
  }

  /** Estimates `draft` in a moment, for each model; null: there is nothing to estimate. */
  plan(draft: Draft | null): void {
    const given = draft?.given;
    const key = JSON.stringify(draft && { ...draft, given: 0 });
    if (key === this.#key && given === this.#given) {
      return;
    }
    [this.#key, this.#given] = [key, given];
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (draft === null) {
      this.#onChange([]);
      return;
    }
    this.#timer = setTimeout(() => {
      void this.#ask(draft);
    }, QUIET_MS);
  }

  async #ask({ path, models, given, ...draft }: Draft): Promise<void> {
    const { signal } = (this.#asking = new AbortController());
    const attachments = given.filter(each => each.kind !== 'picture' && each.kind !== 'pdf'); // of those nobody knows
    const of = async (model: Model): Promise<Estimate> => {
      const body = { ...draft, attachments, model: model.id };
      const found = await this.#transport.request<Estimate>('POST', `${path}/estimate`, body, { signal });
      const shown = (kind: Given['kind'], takes: boolean | null): number =>
        takes === true ? given.filter(each => each.kind === kind).length : 0;
      return {
        ...found,
        counted: attachments.length < given.length ? 'estimated' : found.counted,
        pictures_not_counted: found.pictures_not_counted + shown('picture', model.sees),
        pdfs_not_counted: found.pdfs_not_counted + shown('pdf', model.pdf)
      };
    };
    const found = await Promise.all(models.map(of)).catch(() => []);
    if (!signal.aborted) {
      this.#onChange(found);
    }
  }

  readonly #transport: Transport;
  readonly #onChange: (estimates: readonly Estimate[]) => void;
  #key = 'null';
  #given: readonly Given[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
}

/** What all models together take, in a line: `about 1,240 tokens · $0.003–$0.011`; empty: nothing is known. */
export function estimated(all: readonly Estimate[], t: Translate): string {
  if (all.length === 0) {
    return '';
  }
  const sum = (of: (each: Estimate) => number | string): number => all.reduce((total, each) => total + Number(of(each)), 0);
  const tokens = sum(each => each.input_tokens).toLocaleString('en-US');
  const high = sum(each => each.cost_high_usd ?? 0);
  const unknown = sum(each => Number(each.cost_high_usd === null));
  const parts = [
    fill(all.every(each => each.counted === 'exact') ? t('%1 tokens') : t('about %1 tokens'), tokens),
    high > 0 && `${dollars(sum(each => each.cost_low_usd ?? 0))}–${dollars(high)}`,
    unknown > 0 &&
      (unknown < all.length ? fill(t('cost unknown for %1 of %2'), unknown, all.length) : t('price unknown')),
    all.some(each => each.pictures_not_counted > 0) && t('pictures not counted'),
    all.some(each => each.pdfs_not_counted > 0) && t('PDFs not counted'),
    all.some(each => each.messages_left_out > 0)
      ? t('earlier messages no longer fit')
      : all.some(each => (each.window_share ?? 0) > NEARLY_FULL) && t('the model’s window is nearly full'),
    ...new Set(all.map(each => t(each.budget)))
  ];
  return parts.filter(Boolean).join(' · ');
}

function dollars(amount: number): string {
  const style = { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 } as const;
  return amount.toLocaleString('en-US', style);
}
