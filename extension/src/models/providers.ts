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

/** A field of the form in which something can be wrong. */
export type Field = Exclude<keyof Typed, 'without'>;
/** What is wrong in a field. */
export type Problem = 'address' | 'both' | 'connect' | 'headerName' | 'headerValue' | 'proxy' | 'seconds' | 'variable';

/** What can be seen to be wrong before anything is sent, by field, in the order of the form. */
export function problemsOf(before: Provider, typed: Typed): ReadonlyMap<Field, Problem> {
  const found: (readonly [Field, Problem | null])[] = [
    ['keyEnv', variableProblem(before, typed)],
    ['baseUrl', isAddress(typed.baseUrl) ? null : 'address'],
    ['proxy', typed.proxy.trim() === '' || isAddress(typed.proxy) ? null : 'proxy'],
    ['connect', isWithin(typed.connect, 120) ? null : 'connect'],
    ['firstToken', isWithin(typed.firstToken, 3600) ? null : 'seconds'],
    ['betweenTokens', isWithin(typed.betweenTokens, 3600) ? null : 'seconds'],
    ['headerName', typed.headerName.trim() === '' && typed.headerValue.trim() !== '' ? 'headerName' : null],
    ['headerValue', typed.headerName.trim() !== '' && typed.headerValue.trim() === '' ? 'headerValue' : null]
  ];
  return new Map(found.filter((each): each is readonly [Field, Problem] => each[1] !== null));
}

const FIELDS: Readonly<Partial<Record<keyof ProviderChange, Field>>> = {
  base_url: 'baseUrl',
  proxy: 'proxy',
  connect_s: 'connect',
  first_token_s: 'firstToken',
  between_tokens_s: 'betweenTokens',
  headers: 'headerName'
};

/** The field that a refusal of these changes is about; null: it may be any of several. */
export function fieldOf(changes: ProviderChange): Field | null {
  const [only, other] = Object.keys(changes) as (keyof ProviderChange)[];
  return only === undefined || other !== undefined ? null : (FIELDS[only] ?? null);
}

function variableProblem(before: Provider, typed: Typed): Problem | null {
  const variable = typed.keyEnv.trim();
  if (variable !== '' && !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(variable)) {
    return 'variable';
  }
  return typed.key.trim() !== '' && variable !== '' && variable !== before.key_env ? 'both' : null;
}

function isAddress(typed: string): boolean {
  return /^https?:\/\/[^\s/]+/i.test(typed.trim()) && URL.canParse(typed.trim());
}

function isWithin(typed: string, most: number): boolean {
  const value = seconds(typed);
  return value === null || (/^[\d.]+$/.test(typed.trim()) && value >= 1 && value <= most);
}

/** A number of seconds as it was typed; null: none was. */
function seconds(typed: string): number | null {
  return typed.trim() === '' ? null : Number(typed);
}
