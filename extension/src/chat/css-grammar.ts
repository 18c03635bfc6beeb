import type { HLJSApi, Language } from 'highlight.js';

/** CSS by its punctuation alone: the grammar that comes with highlight.js weighs more for its lists of all names. */
export function css(hljs: HLJSApi): Language {
  const strings = [hljs.APOS_STRING_MODE, hljs.QUOTE_STRING_MODE];
  const texts = [hljs.C_BLOCK_COMMENT_MODE, ...strings];
  const number = { scope: 'number', begin: /#[\da-f]{3,8}\b|[-+]?\b\d*\.?\d+(?:[a-z]+\b|%)?/i };
  const value = {
    begin: /:/,
    end: /(?=[;{}])/,
    contains: [
      ...texts,
      number,
      { scope: 'attr', begin: /--[\w-]+/ },
      { scope: 'built_in', begin: /[\w-]+(?=\()/ },
      { scope: 'meta', begin: /!important\b/ }
    ]
  };
  return {
    name: 'CSS',
    contains: [
      ...texts,
      { scope: 'keyword', begin: /@[\w-]+/ },
      { begin: /(?:--)?[\w-]+(?=\s*:[^;{}]{0,500}[;}])/, scope: 'attribute', starts: value },
      { scope: 'selector-id', begin: /#[\w-]+/ },
      { scope: 'selector-class', begin: /\.[a-z_-][\w-]*/i },
      { scope: 'selector-pseudo', begin: /::?[a-z-]+/ },
      { scope: 'selector-attr', begin: /\[/, end: /\]/, contains: strings },
      { scope: 'selector-tag', begin: /\b[a-z][\w-]*(?![\w-]|\s*:\s)(?=[^;{}]{0,500}\{)/i },
      number
    ]
  };
}
