// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let asked: { url: string; init: RequestInit }[] = [];

beforeEach(() => {
  vi.resetModules();
  asked = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return Promise.resolve(new Response('{}'));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.head.replaceChildren();
});

function state(config: string): void {
  const script = document.createElement('script');
  script.id = 'jupyter-config-data';
  script.type = 'application/json';
  script.textContent = config;
  document.head.append(script);
}

async function passage(): Promise<unknown> {
  return (await import('../../src/widget/passage.js')).passage();
}

test("a page of Jupyter's leads to its own server, signed in by its cookie and nothing else", async () => {
  state('{"baseUrl": "/user/ada/", "token": "secret"}');
  document.cookie = '_xsrf=2|abc';
  const { passage } = await import('../../src/widget/passage.js');
  await passage()?.request('POST', 'conversations', {});
  const headers = new Headers(asked[0]?.init.headers);
  expect(asked[0]?.url).toBe('/user/ada/workbench/api/v1/conversations');
  expect(asked[0]?.init.credentials).toBe('same-origin');
  expect(headers.get('X-XSRFToken')).toBe('2|abc');
  expect(headers.get('Authorization')).toBeNull();
  expect(passage()).toBe(passage());
});

test.each(['', 'not JSON', '[]', '{"baseUrl": 7}', 'null'])('a page that states %s has no such way', async config => {
  state(config);
  expect(await passage()).toBeNull();
});

test('a page that states nothing has no such way', async () => {
  expect(await passage()).toBeNull();
});
