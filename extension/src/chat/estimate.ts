import type { Estimate } from './records.js';
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
  readonly model: string;
  /** The message it would follow; absent where it would begin a conversation. */
  readonly parent_id?: string | null;
}

/** Asks what a draft would take, once its writer pauses; a newer draft ends the question about an older one. */
export class Estimating {
  constructor(transport: Transport, onChange: (estimate: Estimate | null) => void) {
    this.#transport = transport;
    this.#onChange = onChange;
  }

  /** Estimates `draft` in a moment; null: there is nothing to estimate. */
  plan(draft: Draft | null): void {
    const key = JSON.stringify(draft);
    if (key === this.#key) {
      return;
    }
    this.#key = key;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (draft === null) {
      this.#onChange(null);
      return;
    }
    this.#timer = setTimeout(() => {
      void this.#ask(draft);
    }, QUIET_MS);
  }

  async #ask({ path, ...body }: Draft): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const found = await this.#transport
      .request<Estimate>('POST', `${path}/estimate`, body, { signal: asking.signal })
      .catch(() => null);
    if (!asking.signal.aborted) {
      this.#onChange(found);
    }
  }

  readonly #transport: Transport;
  readonly #onChange: (estimate: Estimate | null) => void;
  #key = 'null';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
}

/** An estimate in a line: `about 1,240 tokens · $0.003–$0.011`. */
export function estimated(found: Estimate, t: Translate): string {
  const tokens = found.input_tokens.toLocaleString('en-US');
  const parts = [fill(found.counted === 'exact' ? t('%1 tokens') : t('about %1 tokens'), tokens)];
  const [low, high] = [found.cost_low_usd, found.cost_high_usd];
  if (low === null || high === null) {
    parts.push(t('price unknown'));
  } else if (Number(high) > 0) {
    parts.push(`${dollars(low)}–${dollars(high)}`);
  }
  if (found.pictures_not_counted > 0) {
    parts.push(t('pictures not counted'));
  }
  if (found.pdfs_not_counted > 0) {
    parts.push(t('PDFs not counted'));
  }
  if (found.messages_left_out > 0) {
    parts.push(t('earlier messages no longer fit'));
  } else if ((found.window_share ?? 0) > NEARLY_FULL) {
    parts.push(t('the model’s window is nearly full'));
  }
  if (found.budget !== '') {
    parts.push(t(found.budget));
  }
  return parts.join(' · ');
}

function dollars(amount: string | number): string {
  const style = { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 } as const;
  return Number(amount).toLocaleString('en-US', style);
}
