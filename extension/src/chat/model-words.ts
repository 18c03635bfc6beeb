import type { Measured, Message, Model } from './records.js';
import { fill, type Translate } from './translation.js';

const haystacks = new WeakMap<Model, string>();

/** The models in which every word of `query` is found: in their names, in what they can do, in `local` or `free`. */
export function matching(models: readonly Model[], query: string): readonly Model[] {
  const words = query.toLowerCase().split(/\s+/);
  return models.filter(each => words.every(word => haystack(each).includes(word)));
}

function haystack(model: Model): string {
  let found = haystacks.get(model);
  if (found === undefined) {
    const words = [
      model.name,
      model.id,
      model.sees && 'vision pictures',
      model.tools && 'tools',
      model.reasoning && 'reasoning',
      model.pdf && 'pdf',
      model.kind === 'local' && 'local',
      isFree(model) && 'free'
    ];
    found = words.filter(Boolean).join(' ').toLowerCase();
    haystacks.set(model, found);
  }
  return found;
}

/** What a model can and cannot do, how much it takes, and what it costs; what is not known is left out. */
export function abilities(model: Model, t: Translate): string {
  const { input_usd_per_million: read, output_usd_per_million: written } = model;
  const { context_tokens: window, max_output_tokens: longest } = model;
  const words = [
    answer(model.sees, t('vision'), t('no vision')),
    answer(model.tools, t('tools'), t('no tools')),
    answer(model.reasoning, t('reasoning'), t('no reasoning')),
    answer(model.pdf, t('PDFs'), t('no PDFs')),
    model.temperature === false && t('no temperature'),
    window !== null && fill(t('%1 tokens'), compact(window)),
    longest !== null && fill(t('replies to %1'), compact(longest)),
    isFree(model)
      ? t('free')
      : read !== null && written !== null && fill(t('$%1 read, $%2 written a million'), Number(read), Number(written)),
    !model.verified && t('not verified'),
    model.priced_on !== null && fill(t('prices of %1'), model.priced_on),
    model.deprecated_on !== null && fill(t(model.ended ? 'ended %1' : 'ends %1'), model.deprecated_on)
  ];
  return words.filter(Boolean).join(' · ');
}

/** How a model has done for the reader; empty: it was not asked. */
export function ownFigures(measured: Measured | undefined, t: Translate): string {
  if (measured === undefined) {
    return '';
  }
  const { replies, failed, first_token_ms: first, tokens_per_second: speed, cost_usd: cost } = measured;
  const words = [
    replies === 1 ? t('1 reply') : fill(t('%1 replies'), replies),
    failed > 0 && fill(t('%1% failed'), Math.round((100 * failed) / replies)),
    first !== null && fill(t('first word %1 s'), (first / 1000).toFixed(1)),
    speed !== null && fill(t('%1 tokens/s'), Math.round(speed)),
    measured.rated > 0 && fill(t('%1 of %2 liked'), measured.liked, measured.rated),
    cost !== null && Number(cost) > 0 && fill(t('$%1 a reply'), Number(Number(cost).toPrecision(2)))
  ];
  return fill(t('Yours: %1'), words.filter(Boolean).join(', '));
}

/** A model's name; with its provider's where another of `models` has the same. */
export function named(model: Model, models: readonly Model[], t: Translate): string {
  const isTwofold = models.some(each => each.id !== model.id && each.name === model.name);
  return isTwofold ? `${model.name} · ${place(model.provider, t)}` : model.name;
}

/** The provider that a reply is from; empty: it is not known, or the model's `name` says it. */
export function providerOf({ model, provider }: Message, name: string, t: Translate): string {
  const by = provider ?? model?.split('/')[0] ?? '';
  return spelled(name).includes(spelled(by)) ? '' : place(by, t);
}

/** A provider as people read it. */
export function place(provider: string, t: Translate): string {
  return provider === 'local' ? t('This computer') : provider;
}

/** The words of a name, each between spaces. */
function spelled(name: string): string {
  return ` ${name} `.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
}

function isFree(model: Model): boolean {
  return Number(model.input_usd_per_million ?? 1) === 0 && Number(model.output_usd_per_million ?? 1) === 0;
}

function answer(told: boolean | null, yes: string, no: string): string | null {
  return told === null ? null : told ? yes : no;
}

function compact(tokens: number): string {
  return tokens.toLocaleString(undefined, { notation: 'compact' });
}
