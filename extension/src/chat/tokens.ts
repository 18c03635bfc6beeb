import { unsafeCSS, type CSSResult } from 'lit';

/**
 * The chat's look: every variable a host may set, with what holds where it does not, in light and in dark.
 *
 * Which of the two holds follows `color-scheme`, which a host sets with `--wb-color-scheme: light` or `dark`; unset, it
 * is what the reader's system prefers. Contrast of each text on each surface it stands on is at least 4.5:1.
 */
export const TOKENS = {
  /** The page, and what lies raised on it: menus, the composer. */
  '--wb-surface': ['#ffffff', '#16181d'],
  '--wb-surface-raised': ['#ffffff', '#1e2128'],
  /** Behind a question, a hint, a bar of a code block; and the same under the pointer. */
  '--wb-surface-muted': ['#f3f4f7', '#24282f'],
  '--wb-surface-hover': ['#e9ebf0', '#2d323b'],
  '--wb-code-surface': ['#f8f9fb', '#1b1e24'],
  '--wb-text': ['#1c2128', '#e4e7ec'],
  '--wb-text-muted': ['#59626f', '#a3acba'],
  '--wb-border': ['#dfe3e9', '#343a44'],
  /** Around what can be used: 3:1 against the surface. */
  '--wb-border-strong': ['#878f9c', '#707987'],
  '--wb-accent': ['#2457c5', '#8fb3ff'],
  '--wb-accent-hover': ['#1c469f', '#adc8ff'],
  '--wb-on-accent': ['#ffffff', '#0e1a33'],
  '--wb-link': ['#1f55c4', '#8fb3ff'],
  '--wb-focus': ['#2457c5', '#8fb3ff'],
  '--wb-danger': ['#b3261e', '#ff9d94'],
  '--wb-danger-surface': ['#fdf0ef', '#3a2220'],
  '--wb-warning': ['#855300', '#f0c274'],
  '--wb-warning-surface': ['#fdf5e4', '#342b1b'],
  '--wb-shadow': ['#1c212824', '#00000080'],
  /** Code. */
  '--wb-code-keyword': ['#8a24a8', '#d9a0f0'],
  '--wb-code-string': ['#1a6b34', '#92d6a1'],
  '--wb-code-number': ['#9a4600', '#f2b37e'],
  '--wb-code-comment': ['#5f6875', '#97a1af'],
  '--wb-code-title': ['#1f55c4', '#8fb3ff'],
  '--wb-code-type': ['#0b6672', '#7fd0dc']
} as const satisfies Record<string, readonly [light: string, dark: string]>;

/** Type, space and movement: the same in light and in dark. */
export const MEASURES = {
  '--wb-font': 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  '--wb-font-code': 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  '--wb-font-size': '14px',
  '--wb-line-height': '1.6',
  '--wb-radius': '10px',
  '--wb-radius-small': '6px',
  /** The widest a line of conversation gets. */
  '--wb-measure': '48rem',
  /** At least 44 px wherever a finger points. */
  '--wb-target': '32px',
  /** What scrolling past the end of a conversation does: `auto` scrolls the page around the chat. */
  '--wb-overscroll': 'contain'
} as const;

/** A token for use in a style sheet: the host's value, else ours. */
export function token(name: keyof typeof TOKENS): CSSResult {
  const [light, dark] = TOKENS[name];
  return unsafeCSS(`var(${name}, light-dark(${light}, ${dark}))`);
}

/** The same for a measure. */
export function measure(name: keyof typeof MEASURES): CSSResult {
  return unsafeCSS(`var(${name}, ${MEASURES[name]})`);
}
