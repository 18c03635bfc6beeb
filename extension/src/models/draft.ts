import type { components } from '../api.js';
import type { Model } from '../chat/records.js';
import { hasKey, type Provider } from './providers.js';
import type { Service } from './services.js';

export type RemoteModel = components['schemas']['RemoteModel'];
/** Whose format a server speaks, or that litellm reads it. */
export type RemoteKind = Exclude<Model['kind'], 'local'>;
type Format = Exclude<RemoteKind, 'litellm'>;

/** What a person has said of a model to add; its key is never a part of it. */
export interface Draft {
  /** The name of a service, or what else a model can come from. */
  readonly choice: string;
  readonly name: string;
  readonly baseUrl: string;
  /** What to call the server; empty: after its host. */
  readonly provider: string;
  readonly format: Format | 'known';
  readonly sees: 'known' | 'yes' | 'no';
  readonly path: string;
}

/** What the owner says of providers. */
export interface Known {
  readonly services: readonly Service[];
  readonly providers: readonly Provider[];
}

export const SERVER = 'another-server';
export const FILE = 'a-file';
export const DEMO = 'the-demo-model';

export const EMPTY: Draft = {
  choice: 'openai',
  name: '',
  baseUrl: '',
  provider: '',
  format: 'known',
  sees: 'known',
  path: ''
};

export type Missing = 'name' | 'key' | 'baseUrl' | 'path';

const LONGEST_PROVIDER = 40;

/** What is still to be said before the owner is asked, in the order of the form. */
export function missing(draft: Draft, isKeyGiven: boolean, known: Known): readonly Missing[] {
  const isEmpty = (text: string): boolean => text.trim() === '';
  if (draft.choice === FILE) {
    return isEmpty(draft.path) ? ['path'] : [];
  }
  const wanted: Missing[] = [];
  if (needsUrl(draft, known) && isEmpty(draft.baseUrl)) {
    wanted.push('baseUrl');
  }
  if (isEmpty(draft.name)) {
    wanted.push('name');
  }
  if (!isKeyGiven && needsKey(draft, known)) {
    wanted.push('key');
  }
  return wanted;
}

/** Whether there is no way without a key: a service asks for one, and there is none of it yet. */
export function needsKey({ choice }: Draft, { services, providers }: Known): boolean {
  return services.some(each => each.name === choice && each.needs_key) && !providers.some(each => each.name === choice && hasKey(each));
}

/** Whether there is no way without an address: it is each one's own, and not known yet. */
export function needsUrl({ choice }: Draft, { services, providers }: Known): boolean {
  return (
    choice === SERVER ||
    (services.some(each => each.name === choice && each.base_url === null) &&
      !providers.some(each => each.name === choice))
  );
}

/** What the owner is asked for; `key` may be empty. */
export function remoteOf(draft: Draft, key: string, known: Known): RemoteModel {
  const isServer = draft.choice === SERVER;
  const baseUrl = draft.baseUrl.trim();
  return {
    provider: isServer ? draft.provider.trim() || providerOf(baseUrl) : draft.choice,
    base_url: needsUrl(draft, known) ? baseUrl : null,
    kind: isServer && draft.format !== 'known' ? draft.format : null,
    name: draft.name.trim(),
    api_key: key.trim() || null,
    sees: draft.sees === 'known' ? null : draft.sees === 'yes'
  };
}

/** What to call the server at this address: its host, in letters, digits and hyphens. */
export function providerOf(baseUrl: string): string {
  return hostOf(baseUrl.trim())
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST_PROVIDER);
}

/** The host of an address; what is none is given back as it is, for the owner to refuse. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname || url : url;
}
