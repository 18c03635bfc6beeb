import type { TranslationBundle } from '@jupyterlab/translation';

import type { Fault, Model } from '../chat/records.js';
import { tag } from '../experiences/time.js';
import type { RemoteKind } from './draft.js';
import type { Check } from './model.js';
import type { Listed } from './providers.js';
import type { Service } from './services.js';

const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

/** What answers where a model is asked. */
export function kindWords(
  { kind, provider }: Model,
  services: readonly Service[],
  trans: TranslationBundle
): string {
  if (kind === 'local') {
    return trans.__('On this machine');
  }
  const service = services.find(each => each.name === provider && each.kind === kind);
  return service?.verified === true ? service.title : serverWords(kind, trans);
}

/** What a server speaks. */
export function serverWords(kind: RemoteKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'openai':
      return trans.__("A server that speaks OpenAI's format");
    case 'anthropic':
      return trans.__("A server that speaks Anthropic's format");
    case 'gemini':
      return trans.__("A server that speaks Gemini's format");
    case 'litellm':
      return trans.__('A server that litellm reads; its replies are not verified');
  }
}

export function contextWords({ context_tokens }: Model, language: string, trans: TranslationBundle): string {
  return context_tokens === null
    ? trans.__('unknown')
    : trans.__('%1 tokens', context_tokens.toLocaleString(tag(language)));
}

/** What a provider says in its list of how much a model reads and writes; only of those of which it says something. */
export function limitWords(listed: Listed, language: string, trans: TranslationBundle): string {
  const { context_tokens: context, max_output_tokens: longest } = listed;
  const words = [
    context !== null && trans.__('reads %1 tokens', context.toLocaleString(tag(language))),
    longest !== null && trans.__('writes %1', longest.toLocaleString(tag(language)))
  ];
  return words.filter(Boolean).join(', ');
}

export function seesWords({ sees }: Model, trans: TranslationBundle): string {
  if (sees === null) {
    return trans.__('unknown');
  }
  return sees ? trans.__('yes') : trans.__('no');
}

/** `98 MB`, `4.7 GB`. */
export function sizeWords(bytes: number): string {
  return bytes < GIGABYTE ? `${Math.round(bytes / MEGABYTE)} MB` : `${(bytes / GIGABYTE).toFixed(1)} GB`;
}

export function checkWords({ model, first_token_ms }: Check, trans: TranslationBundle): string {
  return trans.__('%1 works: its first word came after %2 s.', model, (first_token_ms / 1000).toFixed(1));
}

/** What is wrong with a model, and what to do. */
export function faultWords(id: string, { message, remedy }: Fault): string {
  return `${id}: ${message} ${remedy}`.trim();
}
