/** A cell as it is inserted. */
export interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly source: string;
}

/** Languages of a code block that a Python kernel runs as they stand in a cell of their own. */
const SHELLS = new Set(['bash', 'sh', 'shell', 'zsh']);
const MARKDOWN = new Set(['markdown', 'md']);
/** Elements by which JupyterLab's Markdown makes a browser fetch something. */
const FETCHING =
  /<(?=\/?(?:audio|base|body|embed|frame|iframe|image|img|input|link|meta|object|picture|source|style|svg|table|td|th|track|use|video)\b|[^>]*(?:\bstyle\b|\bsrc|\bbackground\b|url\s*\())/gi;

/** The cell for a code block of a reply, whose language is as its fence names it. */
export function cellOf(code: string, language: string): Cell {
  const name = language.toLowerCase();
  if (MARKDOWN.has(name)) {
    return { cell_type: 'markdown', source: withoutFetching(code) };
  }
  if (SHELLS.has(name) && !code.startsWith('%')) {
    return { cell_type: 'code', source: `%%bash\n${code}` };
  }
  return { cell_type: 'code', source: code };
}

/**
 * Markdown that a reader sees without their browser asking anybody for anything.
 *
 * Images become links, in code blocks too: where a code block ends is a matter of opinion among Markdown readers, and
 * whoever wrote the text may know that. HTML that would fetch is shown as it is written.
 */
export function withoutFetching(markdown: string): string {
  const hasTargets = /\][ \t\n]*[([:]/.test(markdown);
  const linked = hasTargets ? markdown.replace(/!+(?=\[)/g, '') : markdown;
  return linked.replace(FETCHING, '&lt;');
}
