/** What a report may do where it is shown: be looked at. Its own page says the same; this holds whatever it says. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const DOCTYPE = /^\s*<!doctype html>/i;

/**
 * A report's page for the `srcdoc` of a sandboxed frame: its policy stands before everything that is in it.
 *
 * A page follows the browser's wish for light or dark; here it follows JupyterLab's theme, which may be another one.
 */
export function framed(html: string, scheme: 'light' | 'dark'): string {
  const head =
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<style>html:root{color-scheme:${scheme}}</style>`;
  return `<!doctype html>${head}${html.replace(DOCTYPE, '')}`;
}

/** The title of a report's page, as text. */
export function titleIn(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').title;
}
