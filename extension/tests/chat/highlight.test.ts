import { expect, test } from 'vitest';

import { highlight } from '../../src/chat/highlight.js';

const STYLES = `/* a note */
@media (min-width: 40em) {
  .card > a:hover, #main[lang="de"] { color: #1a2b3c; width: calc(100% - var(--gap)) !important; }
}`;

/** What is coloured as what. */
function coloured(code: string, language: string): string[] {
  const found = highlight(code, language).matchAll(/<span class="hljs-([\w-]+)[^"]*">([^<]*)<\/span>/g);
  return [...found].map(([, scope, text]) => `${scope ?? ''} ${text ?? ''}`);
}

test('CSS is coloured', () => {
  expect(coloured(STYLES, 'css')).toEqual([
    'comment /* a note */',
    'keyword @media',
    'number 40em',
    'selector-class .card',
    'selector-tag a',
    'selector-pseudo :hover',
    'selector-id #main',
    'string &quot;de&quot;',
    'attribute color',
    'number #1a2b3c',
    'attribute width',
    'built_in calc',
    'number 100%',
    'built_in var',
    'attr --gap',
    'meta !important'
  ]);
});

test('code in an unknown language is plain, and never markup', () => {
  expect(highlight('<b>&</b>', 'klingon')).toBe('&lt;b&gt;&amp;&lt;/b&gt;');
});
