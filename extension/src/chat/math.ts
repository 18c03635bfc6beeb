import type { MarkdownIt, RendererRule, StateBlock, StateInline } from 'markdown-it';
import temml from 'temml';

import { escapeHtml } from './escape.js';

/** Longer formulas are shown as their source: nobody reads them, and they take long to set. */
const LONGEST_FORMULA = 4000;
/** The same for what a short formula with many repetitions becomes. */
const LONGEST_MATHML = 200_000;
const CACHED_FORMULAS = 500;

/**
 * Adds math to Markdown: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` set apart.
 *
 * A dollar opens a formula only before something other than space, and closes one only after something other than
 * space and before something other than a digit, so that prices stay prices. A formula holds no empty line.
 */
export function math(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math_inline', inline);
  md.block.ruler.before('fence', 'math_block', block, {
    alt: ['paragraph', 'reference', 'blockquote', 'list']
  });
  Object.assign(md.renderer.rules, {
    math_inline: (tokens, index) => draw(tokens[index]?.content ?? '', false),
    math_display: (tokens, index) => draw(tokens[index]?.content ?? '', true),
    math_block: (tokens, index) => draw(tokens[index]?.content ?? '', true)
  } satisfies Record<string, RendererRule>);
}

const INLINE_MARKS: readonly (readonly [open: string, close: string, display: boolean])[] = [
  ['$$', '$$', true],
  ['$', '$', false],
  ['\\(', '\\)', false],
  ['\\[', '\\]', true]
];

function inline(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  const marks = INLINE_MARKS.find(([open]) => src.startsWith(open, pos));
  if (marks === undefined) {
    return false;
  }
  const [open, close, display] = marks;
  const end = findEnd(src, pos + open.length, close);
  if (end === -1) {
    if (open === '$$') {
      if (!silent) {
        state.pending += open;
      }
      state.pos += open.length;
      return true;
    }
    return false;
  }
  if (!silent) {
    const token = state.push(display ? 'math_display' : 'math_inline', 'math', 0);
    token.content = src.slice(pos + open.length, end).trim();
    token.markup = open;
  }
  state.pos = end + close.length;
  return true;
}

/** Where the mark that closes the formula stands; -1: nowhere, so it is no formula. */
function findEnd(src: string, from: number, close: string): number {
  const isDollar = close === '$';
  if (isDollar && /\s/.test(src.charAt(from))) {
    return -1;
  }
  for (let at = from; at < src.length; at++) {
    if (src.startsWith(close, at)) {
      const fits = !isDollar || (!/\s/.test(src.charAt(at - 1)) && !/\d/.test(src.charAt(at + 1)));
      if (fits) {
        return at > from && src.slice(from, at).trim() !== '' ? at : -1;
      }
    }
    if (src[at] === '\\') {
      at += 1;
    }
  }
  return -1;
}

function block(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) {
    return false;
  }
  const first = line(state, startLine).trimEnd();
  const close = first.startsWith('$$') ? '$$' : first.startsWith('\\[') ? '\\]' : null;
  if (close === null) {
    return false;
  }
  const lines: string[] = [];
  for (let at = startLine; at < endLine; at++) {
    const text = (at === startLine ? first.slice(2) : line(state, at)).trim();
    if ((at > startLine && text === '') || (state.sCount[at] ?? 0) < state.blkIndent) {
      return false;
    }
    if (text.includes(close)) {
      if (!text.endsWith(close) || text.indexOf(close) !== text.length - 2) {
        return false; // more follows in the line: the formula stands in a paragraph
      }
      lines.push(text.slice(0, -2));
      if (!silent) {
        const token = state.push('math_block', 'math', 0);
        token.block = true;
        token.content = lines.join('\n').trim();
        token.map = [startLine, at + 1];
        token.markup = first.slice(0, 2);
        state.line = at + 1;
      }
      return true;
    }
    lines.push(text);
  }
  return false;
}

function line(state: StateBlock, at: number): string {
  return state.src.slice((state.bMarks[at] ?? 0) + (state.tShift[at] ?? 0), state.eMarks[at]);
}

const drawn = new Map<string, string>();

/** The formula as MathML, or as its source where that cannot be had. */
function draw(source: string, display: boolean): string {
  const key = `${display ? '$$' : '$'}${source}`;
  let html = drawn.get(key);
  if (html === undefined) {
    html = typeset(source, display);
    if (drawn.size >= CACHED_FORMULAS) {
      drawn.clear();
    }
    drawn.set(key, html);
  }
  return html;
}

function typeset(source: string, display: boolean): string {
  const mathml = source.length <= LONGEST_FORMULA ? toMathml(source, display) : null;
  if (mathml === null || mathml.length > LONGEST_MATHML) {
    const code = `<code class="wb-Math-source">${escapeHtml(source)}</code>`;
    return display ? `<p>${code}</p>` : code;
  }
  return display ? `<div class="wb-Math">${mathml}</div>` : mathml;
}

function toMathml(source: string, display: boolean): string | null {
  try {
    return temml.renderToString(source, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxSize: [20, 20],
      maxExpand: 500
    });
  } catch {
    return null; // not TeX, or not yet: the reader sees what the model wrote
  }
}
