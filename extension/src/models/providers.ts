import type { components } from '../api.js';

type Schemas = components['schemas'];

/** What serves models, and what is set of it. */
export type Provider = Schemas['Provider'];
export type ProviderChange = Partial<Schemas['ProviderChange']>;
export type NewProvider = Schemas['NewProvider'];
export type ProviderKey = Schemas['ProviderKey'];
/** A server of models that listens on this machine. */
export type FoundServer = Schemas['FoundServer'];
/** What a provider says it has. */
export type Listing = Schemas['Listing'];
export type Listed = Schemas['Listed'];

/** What was typed into the form of a provider; what is empty is not set. */
export interface Typed {
  readonly key: string;
  readonly keyEnv: string;
  readonly baseUrl: string;
  readonly proxy: string;
  readonly connect: string;
  readonly firstToken: string;
  readonly betweenTokens: string;
  readonly headerName: string;
  readonly headerValue: string;
  /** The names of the headers that are to go. */
  readonly without: readonly string[];
}

/** Whether requests to it carry a key. */
export function hasKey({ key_hint, key_env }: Provider): boolean {
  return key_hint !== null || key_env !== null;
}

/** What is to be changed of the provider as it was when it was shown; empty: nothing. */
export function changesOf(before: Provider, typed: Typed): ProviderChange {
  const headers: Record<string, string | null> = Object.fromEntries(typed.without.map(name => [name, null]));
  const name = typed.headerName.trim();
  if (name !== '' || typed.headerValue.trim() !== '') {
    headers[name] = typed.headerValue;
  }
  const now: ProviderChange = {
    base_url: typed.baseUrl.trim(),
    proxy: typed.proxy.trim() || null,
    connect_s: seconds(typed.connect),
    first_token_s: seconds(typed.firstToken),
    between_tokens_s: seconds(typed.betweenTokens)
  };
  const fields = ['base_url', 'proxy', 'connect_s', 'first_token_s', 'between_tokens_s'] as const;
  const changed = fields.filter(field => now[field] !== before[field]);
  return {
    ...Object.fromEntries(changed.map(field => [field, now[field]])),
    ...(Object.keys(headers).length > 0 ? { headers } : {})
  };
}

/** Where the key is to be from now on; null: as it is. */
export function keyOf(before: Provider, typed: Typed): ProviderKey | null {
  const variable = typed.keyEnv.trim();
  if (typed.key.trim() !== '') {
    return { api_key: typed.key, key_env: variable !== '' && variable !== before.key_env ? variable : null };
  }
  return variable !== '' && variable !== before.key_env ? { key_env: variable } : null;
}

/** A number of seconds as it was typed; what is no number is for the owner to refuse. */
function seconds(typed: string): number | null {
  return typed.trim() === '' ? null : Number(typed);
}
