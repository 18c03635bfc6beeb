import MarkdownIt, { type Env, type RendererRule, type Token } from 'markdown-it';

import { escapeHtml } from './escape.js';
import { highlight, highlightGrowing } from './highlight.js';
import { math } from './math.js';
import { SAFE_LINK } from './sanitise.js';
import type { Translate } from './translation.js';

/** One block that stands at the top of a text: a paragraph, a list, a fence. */
export interface Block {
  readonly tokens: readonly Token[];
  /** Its first line in the text. */
  readonly start: number;
}

export interface DrawOptions {
  /** More may come: code is coloured as it grows. */
  readonly open: boolean;
  readonly translate: Translate;
}

/** What stands in a text outside of its blocks: the targets of its reference links. */
export type References = Env;

const DEEPEST_NESTING = 40;

const md = new MarkdownIt({ html: false, linkify: true, maxNesting: DEEPEST_NESTING }).use(math);
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false }).add('ftp:', null).add('//', null);
md.validateLink = () => true; // decided for each link and image, so that what leads nowhere keeps its label
md.core.ruler.push('links', state => { inlineOf(state.tokens).forEach(tameLinks); });
md.core.ruler.push('tasks', state => { state.tokens.forEach(markTask); });
Object.assign(md.renderer.rules, {
  heading_open: (tokens, index) => `<h4 class="wb-mod-${tokens[index]?.tag ?? 'h1'}">`,
  heading_close: () => '</h4>\n',
  th_open: drawCell,
  td_open: drawCell,
  fence: drawCode,
  code_block: drawCode,
  image: drawImage
} satisfies Record<string, RendererRule>);

/** Cuts a text into its blocks. The targets of reference links are added to `references`. */
export function parseBlocks(text: string, references: References): Block[] {
  const tokens = md.parse(text, references);
  const blocks: Block[] = [];
  let first = 0;
  let depth = 0;
  tokens.forEach((token, index) => {
    depth += token.nesting;
    if (depth === 0) {
      blocks.push({
        tokens: tokens.slice(first, index + 1),
        start: tokens[first]?.map?.[0] ?? 0
      });
      first = index + 1;
    }
  });
  return blocks;
}

/** A block as HTML, still to be sanitised. */
export function drawBlock(block: Block, options: DrawOptions): string {
  return md.renderer.render([...block.tokens], md.options, { ...options });
}

function inlineOf(tokens: readonly Token[]): Token[][] {
  return tokens.flatMap(token => (token.children === null ? [] : [token.children]));
}

/** Takes the target from links that may not be followed, and tells images whether they stand in a link. */
function tameLinks(tokens: readonly Token[]): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      depth += 1;
      if (!SAFE_LINK.test(String(token.attrGet('href') ?? ''))) {
        token.attrs = [['class', 'wb-mod-dropped']];
      }
    } else if (token.type === 'link_close') {
      depth -= 1;
    } else if (token.type === 'image') {
      token.meta = { linked: depth > 0 };
    }
  }
}

/** Draws the box of a list item that begins with `[ ]` or `[x]`. */
function markTask(token: Token, index: number, tokens: readonly Token[]): void {
  const isItem = tokens[index - 2]?.type === 'list_item_open';
  const text = token.children?.[0];
  const box = isItem && text?.type === 'text' ? /^\[([ xX])\]\s/.exec(text.content) : null;
  if (text !== undefined && box !== null) {
    text.content = `${box[1] === ' ' ? '☐' : '☑'} ${text.content.slice(box[0].length)}`;
    tokens[index - 2]?.attrSet('class', 'wb-Task');
  }
}

/** A cell of a table; its alignment becomes a class, since styles do not get through. */
function drawCell(...[tokens, index]: Parameters<RendererRule>): string {
  const token = tokens[index];
  const align = /text-align:(right|center)/.exec(String(token?.attrGet('style') ?? ''))?.[1];
  return `<${token?.tag ?? 'td'}${align === undefined ? '' : ` class="wb-mod-${align}"`}>`;
}

function drawCode(...[tokens, index, , env]: Parameters<RendererRule>): string {
  const token = tokens[index];
  const code = token?.content ?? '';
  const language = /^[\w+#.-]{1,30}/.exec(token?.info.trim() ?? '')?.[0].toLowerCase() ?? '';
  const html =
    env?.['open'] === true
      ? highlightGrowing(code, language, String(token?.map?.[0] ?? 0))
      : highlight(code, language);
  return `<pre><code class="language-${language || 'text'}">${html}</code></pre>\n`;
}

/** An image is never fetched: it becomes a link that says so, or its label where the link would lead nowhere. */
function drawImage(...[tokens, index, options, env, renderer]: Parameters<RendererRule>): string {
  const token = tokens[index];
  const source = String(token?.attrGet('src') ?? '');
  const alt = renderer.renderInlineAsText(token?.children ?? [], options, env).trim();
  const word = (env as unknown as DrawOptions).translate('Image');
  const label = escapeHtml(alt === '' ? word : `${word}: ${alt}`);
  const isLink = SAFE_LINK.test(source) && token?.meta?.['linked'] !== true;
  return isLink
    ? `<a class="wb-Image" href="${escapeHtml(source)}">${label}</a>`
    : `<span class="wb-Image">${label}</span>`;
}
