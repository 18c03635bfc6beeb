import { html, type TemplateResult } from 'lit';

const THUMB =
  'M3.5 9h3v7.5h-3zM6.5 9l3-5.5c1.6 0 2.2 1.2 1.8 2.4L10.7 8h4.1c1.1 0 1.8 1 1.5 2l-1.3 5c-.3 1-1 1.5-2 1.5H6.5';

/** Drawn on a 20 × 20 grid in the colour of the text beside them. Each stands beside or inside a label. */
const PATHS = {
  new: 'M10 4v12M4 10h12',
  send: 'M10 16V4.5M5 9.5l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  down: 'M10 4v11.5M5 10.5l5 5 5-5',
  open: 'M6 8l4 4 4-4',
  previous: 'M12 5l-5 5 5 5',
  next: 'M8 5l5 5-5 5',
  copy: 'M7.5 7.5h8v8h-8zM4.5 12.5v-8h8',
  done: 'M4.5 10.5l3.5 3.5 7.5-8',
  again: 'M15.5 8a6 6 0 1 0 .3 3.5M15.8 4v4.2h-4.2',
  edit: 'M4.5 15.5l.8-3.3 7.6-7.6 2.5 2.5-7.6 7.6zM11.3 6.2l2.5 2.5',
  several: 'M3.5 4.5h3v11h-3zM8.5 4.5h3v11h-3zM13.5 4.5h3v11h-3z',
  attach: 'M14.5 9.5l-5 5a3 3 0 0 1-4.3-4.3l5.6-5.6a2 2 0 0 1 2.9 2.9l-5.6 5.5a1 1 0 0 1-1.4-1.4l5-5',
  good: THUMB,
  bad: THUMB,
  branches: 'M6 4.5v11M6 12.5c0-3 8-2 8-5M14 7.5v-3M4.5 4.5h3M4.5 15.5h3M12.5 4.5h3',
  delete: 'M4.5 6h11M8 6V4.5h4V6M6 6l.7 9.5h6.6L14 6M8.8 8.5v4.5M11.2 8.5v4.5',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9'
} as const;

export function icon(name: keyof typeof PATHS): TemplateResult {
  return html`<svg class="wb-Icon wb-mod-${name}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}
