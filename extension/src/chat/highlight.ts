import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import julia from 'highlight.js/lib/languages/julia';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import sql from 'highlight.js/lib/languages/sql';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

import { css } from './css-grammar.js';
import { escapeHtml } from './escape.js';

const LANGUAGES = {
  bash,
  cpp,
  css,
  javascript,
  json,
  julia,
  markdown,
  python,
  r,
  sql,
  xml,
  yaml
};

const ALIASES = {
  python: ['ipython', 'ipython3', 'python3', 'py3'],
  javascript: ['typescript', 'ts', 'tsx'],
  bash: ['shell', 'console', 'zsh']
};

/** Longer code is shown plain: colouring it would hold up the page. */
const LONGEST_CODE = 50_000;
/** While code still grows it may take this share of the time. */
const GROWING_SHARE = 0.1;
const CACHED_BLOCKS = 200;

const coloured = new Map<string, string>();
let growing = { key: '', code: '', html: '', cost: 0, at: 0 };
let prepared = false;

/** `code` as HTML, coloured where its language is known. */
export function highlight(code: string, language: string): string {
  const key = `${language}\n${code}`;
  const known = coloured.get(key);
  if (known !== undefined) {
    return known;
  }
  const html = colour(code, language);
  if (coloured.size >= CACHED_BLOCKS) {
    coloured.clear();
  }
  coloured.set(key, html);
  return html;
}

/**
 * The same for code that still grows: what has come since it was last coloured may stay plain for a moment.
 *
 * `key` names the block, so that each is coloured as it grows.
 */
export function highlightGrowing(code: string, language: string, key: string): string {
  const now = performance.now();
  const same = growing.key === key && growing.code !== '' && code.startsWith(growing.code);
  if (same && now - growing.at < growing.cost / GROWING_SHARE) {
    return growing.html + escapeHtml(code.slice(growing.code.length));
  }
  const html = colour(code, language);
  growing = { key, code, html, cost: performance.now() - now, at: now };
  return html;
}

function colour(code: string, language: string): string {
  if (!prepared) {
    prepared = true;
    for (const [name, definition] of Object.entries(LANGUAGES)) {
      hljs.registerLanguage(name, definition);
    }
    for (const [languageName, aliases] of Object.entries(ALIASES)) {
      hljs.registerAliases(aliases, { languageName });
    }
  }
  if (code.length > LONGEST_CODE || hljs.getLanguage(language) === undefined) {
    return escapeHtml(code);
  }
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}
