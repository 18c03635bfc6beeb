import { expect, test } from 'vitest';

import { framed, titleIn } from '../../src/agents/frame.js';

const POLICY = "default-src 'none'";

test.each([
  '<!doctype html>\n<html lang="en"><head><title>T</title></head><body><p>x</p></body></html>',
  '<!DOCTYPE HTML><p>x</p>',
  '<script>1</script><img src="https://evil.example/x.png"><p>x</p>',
  `<!-- <meta http-equiv="Content-Security-Policy" content="${POLICY}"> --><p>x</p>`
])('the policy stands first in the head of %s', html => {
  const page = new DOMParser().parseFromString(framed(html, 'dark'), 'text/html');
  const first = page.head.firstElementChild;
  expect(first?.getAttribute('http-equiv')).toBe('Content-Security-Policy');
  expect(first?.getAttribute('content')).toContain(POLICY);
  expect(page.compatMode).toBe('CSS1Compat');
  expect(page.querySelector('p')?.textContent).toBe('x');
});

test('the language and the title of a page stay as they are', () => {
  const html = '<!doctype html>\n<html lang="en"><head><title>A &lt;b&gt;</title></head></html>';
  expect(new DOMParser().parseFromString(framed(html, 'light'), 'text/html').documentElement.lang).toBe('en');
  expect(titleIn(html)).toBe('A <b>');
});
