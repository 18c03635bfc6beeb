import { HttpTransport, type Transport } from '../chat/transport.js';
import { VisibleTransport } from '../owner/visible.js';

let known: Transport | null | undefined;

/** The way through Jupyter's server that this page came from; null where the page is none of Jupyter's. */
export function passage(page: Document = document): Transport | null {
  known ??= passageOf(page);
  return known;
}

function passageOf(page: Document): Transport | null {
  const baseUrl = jupyterRoot(page);
  return baseUrl === null
    ? null
    : new VisibleTransport(
        new HttpTransport({ baseUrl: `${baseUrl}workbench/api/v1`, fetch: (url, init) => signedIn(url, init, page) })
      );
}

/** Jupyter's base URL, as its pages state it: it ends in a slash. */
function jupyterRoot(page: Document): string | null {
  try {
    const config: unknown = JSON.parse(page.getElementById('jupyter-config-data')?.textContent ?? 'null');
    if (typeof config === 'object' && config !== null && 'baseUrl' in config) {
      return typeof config.baseUrl === 'string' ? config.baseUrl : null;
    }
  } catch {
    // a page that states something else is none of Jupyter's
  }
  return null;
}

/** The page's cookie signs in; Jupyter wants the token beside it that only pages of its own can read. */
function signedIn(url: string, init: RequestInit, page: Document): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = /(?:^|; )_xsrf=([^;]+)/.exec(page.cookie)?.[1];
  if (token !== undefined) {
    headers.set('X-XSRFToken', token);
  }
  return fetch(url, { ...init, headers, credentials: 'same-origin' });
}
