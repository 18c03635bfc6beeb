import { css, type CSSResult } from 'lit';

import { measure, token } from './tokens.js';

const FRAME = css`
  :host {
    display: block;
    height: 100%;
    min-height: 0;
    color-scheme: var(--wb-color-scheme, light dark);
    container-type: inline-size;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  .wb-Chat {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
    background: ${token('--wb-surface')};
    color: ${token('--wb-text')};
    font-family: ${measure('--wb-font')};
    font-size: ${measure('--wb-font-size')};
    line-height: ${measure('--wb-line-height')};
    text-align: start;
    overflow-wrap: anywhere;
  }

  .wb-Chat-header {
    position: relative;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: 4px;
    padding: 6px 8px;
    border-bottom: 1px solid ${token('--wb-border')};
  }

  .wb-Chat-title {
    display: flex;
    flex: 1 1 8rem;
    min-width: 0;
    margin: 0;
    font: inherit;
  }

  .wb-Chat-title .wb-Button {
    font-weight: 600;
  }

  .wb-Chat-model {
    flex: 0 1 auto;
    min-width: 4rem;
    max-width: 45%;
    color: ${token('--wb-text-muted')};
  }

  .wb-Chat-main {
    position: relative;
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-height: 0;
  }

  .wb-Transcript {
    flex: 1 1 0;
    min-height: 0;
    padding: 0 16px;
    overflow: hidden auto;
    overscroll-behavior: contain;
    overflow-anchor: none;
    scrollbar-width: thin;
  }

  .wb-Transcript-content {
    display: flex;
    flex-direction: column;
    gap: 4px;
    max-width: ${measure('--wb-measure')};
    min-height: 100%;
    margin: 0 auto;
    padding: 20px 0 16px;
  }

  .wb-Chat-foot {
    width: 100%;
    max-width: calc(${measure('--wb-measure')} + 32px);
    margin: 0 auto;
    padding: 8px 16px 12px;
  }

  .wb-Row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }

  .wb-Hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

const CONTROLS = css`
  .wb-Button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-width: 0;
    min-height: ${measure('--wb-target')};
    padding: 4px 12px;
    border: 1px solid ${token('--wb-border-strong')};
    border-radius: ${measure('--wb-radius-small')};
    background: ${token('--wb-surface-raised')};
    color: ${token('--wb-text')};
    font: inherit;
    font-size: 0.9286em;
    line-height: 1.3;
    cursor: pointer;
  }

  .wb-Button:hover {
    background: ${token('--wb-surface-hover')};
  }

  .wb-Button:focus-visible,
  .wb-Menu-item:focus-visible,
  .wb-Transcript:focus-visible,
  summary:focus-visible,
  pre:focus-visible,
  .wb-Table:focus-visible,
  .wb-Math:focus-visible,
  a:focus-visible {
    outline: 2px solid ${token('--wb-focus')};
    outline-offset: 1px;
  }

  .wb-Transcript:focus-visible,
  pre:focus-visible {
    outline-offset: -2px;
  }

  .wb-Button-label {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .wb-Button.wb-mod-quiet {
    border-color: transparent;
    background: transparent;
  }

  .wb-Button.wb-mod-quiet:hover,
  .wb-Button[aria-expanded='true'] {
    background: ${token('--wb-surface-hover')};
  }

  .wb-Button.wb-mod-opens {
    justify-content: flex-start;
    gap: 4px;
    padding: 4px 6px 4px 8px;
  }

  .wb-Button.wb-mod-icon {
    flex: none;
    width: ${measure('--wb-target')};
    padding: 0;
    color: ${token('--wb-text-muted')};
  }

  .wb-Button.wb-mod-icon:hover {
    color: ${token('--wb-text')};
  }

  .wb-Button.wb-mod-primary {
    min-height: 44px;
    padding: 8px 20px;
    border-color: transparent;
    background: ${token('--wb-accent')};
    color: ${token('--wb-on-accent')};
    font-weight: 600;
  }

  .wb-Button.wb-mod-primary:hover {
    background: ${token('--wb-accent-hover')};
  }

  .wb-Button.wb-mod-round {
    flex: none;
    width: 44px;
    padding: 0;
    border-radius: 50%;
  }

  .wb-Button:disabled,
  .wb-Button[aria-disabled='true'] {
    cursor: default;
  }

  .wb-Button.wb-mod-primary:disabled {
    background: ${token('--wb-surface-hover')};
    color: ${token('--wb-text-muted')};
  }

  .wb-Button[aria-disabled='true'] {
    opacity: 0.4;
  }

  .wb-Icon {
    flex: none;
    width: 18px;
    height: 18px;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .wb-Icon.wb-mod-open {
    width: 16px;
    height: 16px;
  }

  .wb-Icon.wb-mod-stop {
    fill: currentcolor;
  }

  .wb-Menu {
    position: absolute;
    z-index: 3;
    inset: calc(100% + 4px) 8px auto;
    max-width: 26rem;
    max-height: min(24rem, 60vh);
    padding: 6px;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-surface-raised')};
    box-shadow: 0 8px 28px ${token('--wb-shadow')};
    overflow-y: auto;
    overscroll-behavior: contain;
  }

  .wb-Menu.wb-mod-end {
    margin-inline-start: auto;
  }

  .wb-Menu-item {
    display: flex;
    gap: 12px;
    align-items: baseline;
    justify-content: space-between;
    width: 100%;
    min-height: 36px;
    padding: 7px 10px;
    border: 0;
    border-radius: ${measure('--wb-radius-small')};
    background: transparent;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }

  .wb-Menu-item:hover,
  .wb-Menu-item:focus {
    background: ${token('--wb-surface-hover')};
  }

  .wb-Menu-item[aria-checked='true'] {
    background: ${token('--wb-surface-muted')};
    font-weight: 600;
  }

  .wb-Menu-item[aria-checked='true']:focus,
  .wb-Menu-item[aria-checked='true']:hover {
    background: ${token('--wb-surface-hover')};
  }

  .wb-Menu-item[aria-disabled='true'] {
    cursor: default;
  }

  .wb-Menu-item.wb-mod-minor {
    margin-top: 4px;
    color: ${token('--wb-link')};
  }

  .wb-Menu-empty {
    margin: 0;
    padding: 7px 10px;
    color: ${token('--wb-text-muted')};
  }

  .wb-Menu-label {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .wb-Menu-detail {
    flex: none;
    max-width: 60%;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
    font-weight: 400;
  }
`;

const COMPOSER = css`
  .wb-Composer {
    display: flex;
    flex-direction: column;
    border: 1px solid ${token('--wb-border-strong')};
    border-radius: 14px;
    background: ${token('--wb-surface-raised')};
  }

  .wb-Composer:focus-within {
    border-color: ${token('--wb-focus')};
    box-shadow: 0 0 0 1px ${token('--wb-focus')};
  }

  .wb-Composer-text,
  .wb-Editor-text {
    width: 100%;
    min-height: 44px;
    max-height: min(40vh, 16rem);
    padding: 11px 14px 4px;
    border: 0;
    background: transparent;
    color: inherit;
    font: inherit;
    line-height: 1.5;
    resize: none;
    field-sizing: content;
    scrollbar-width: thin;
  }

  .wb-Composer-text:focus {
    outline: none;
  }

  .wb-Composer-text::placeholder {
    color: ${token('--wb-text-muted')};
    opacity: 1;
  }

  .wb-Composer-bar {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    padding: 0 6px 6px 14px;
  }

  .wb-Composer-hint {
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Editor {
    display: flex;
    flex-direction: column;
    gap: 8px;
    width: 100%;
  }

  .wb-Editor-text {
    padding: 10px 14px;
    border: 1px solid ${token('--wb-border-strong')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-surface-raised')};
  }

  .wb-Editor-text:focus {
    border-color: ${token('--wb-focus')};
    outline: 1px solid ${token('--wb-focus')};
  }

  .wb-Jump {
    position: absolute;
    bottom: 10px;
    left: 50%;
    border-color: ${token('--wb-border')};
    border-radius: 999px;
    box-shadow: 0 3px 12px ${token('--wb-shadow')};
    transform: translateX(-50%);
  }

  .wb-Toast {
    position: absolute;
    bottom: 10px;
    left: 50%;
    z-index: 2;
    padding: 6px 14px;
    border-radius: 999px;
    background: ${token('--wb-text')};
    color: ${token('--wb-surface')};
    font-size: 0.9286em;
    transform: translateX(-50%);
    pointer-events: none;
  }
`;

const MESSAGES = css`
  .wb-Message {
    display: flex;
    flex-direction: column;
    gap: 6px;
    min-width: 0;
    content-visibility: auto;
    contain-intrinsic-size: auto 160px;
  }

  .wb-Message.wb-mod-last {
    content-visibility: visible;
  }

  .wb-Message.wb-mod-user {
    align-items: flex-end;
  }

  .wb-Message-text {
    max-width: 88%;
    padding: 9px 14px;
    border-radius: 16px 16px 4px;
    background: ${token('--wb-surface-muted')};
    white-space: pre-wrap;
    unicode-bidi: isolate;
  }

  .wb-Message-author {
    margin: 0;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
    font-weight: 600;
  }

  .wb-Message-foot {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    align-items: center;
    min-height: ${measure('--wb-target')};
    margin-inline: -7px;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Message-figures {
    padding-inline: 6px;
  }

  @media (hover: hover) {
    .wb-Message-foot > :not(.wb-Walker) {
      opacity: 0;
    }

    .wb-Message:hover .wb-Message-foot > *,
    .wb-Message:focus-within .wb-Message-foot > *,
    .wb-mod-assistant.wb-mod-last .wb-Message-foot > * {
      opacity: 1;
    }
  }

  .wb-Walker {
    display: inline-flex;
    align-items: center;
  }

  .wb-Walker-place {
    font-variant-numeric: tabular-nums;
  }

  .wb-Waiting {
    display: flex;
    gap: 10px;
    align-items: center;
    margin: 0;
    color: ${token('--wb-text-muted')};
  }

  .wb-Waiting-dots {
    display: inline-flex;
    gap: 4px;
    padding: 8px 0;
  }

  .wb-Waiting-dots i {
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: currentcolor;
    opacity: 0.6;
  }

  .wb-Reasoning {
    color: ${token('--wb-text-muted')};
    font-size: 0.9286em;
  }

  .wb-Reasoning summary {
    width: fit-content;
    min-height: ${measure('--wb-target')};
    padding-block: 5px;
    border-radius: ${measure('--wb-radius-small')};
    cursor: pointer;
  }

  .wb-Reasoning-text {
    max-height: 20rem;
    margin: 2px 0 8px;
    padding-inline-start: 14px;
    border-inline-start: 2px solid ${token('--wb-border')};
    overflow-y: auto;
    white-space: pre-wrap;
    unicode-bidi: isolate;
  }

  .wb-Notice {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    justify-content: space-between;
    max-width: 100%;
    margin: 4px 0 0;
    padding: 8px 8px 8px 14px;
    border-radius: ${measure('--wb-radius')};
    text-align: start;
  }

  .wb-Notice p {
    flex: 1 1 14rem;
    margin: 0;
  }

  .wb-Notice.wb-mod-bar {
    margin: 0 0 8px;
  }

  .wb-Notice.wb-mod-plain {
    padding: 0;
    color: ${token('--wb-text-muted')};
  }

  .wb-Notice.wb-mod-plain p {
    flex: none;
  }

  .wb-Notice.wb-mod-plain {
    justify-content: flex-start;
  }

  .wb-Notice.wb-mod-warning {
    background: ${token('--wb-warning-surface')};
    color: ${token('--wb-warning')};
  }

  .wb-Notice.wb-mod-danger {
    background: ${token('--wb-danger-surface')};
    color: ${token('--wb-danger')};
  }

  .wb-Notice code,
  .wb-Empty code {
    font-family: ${measure('--wb-font-code')};
    font-size: 0.9286em;
  }

  .wb-Earlier {
    align-self: center;
  }

  .wb-Empty {
    display: flex;
    flex-direction: column;
    gap: 12px;
    align-items: center;
    width: 100%;
    max-width: 34rem;
    margin: auto;
    padding: 16px 0;
    color: ${token('--wb-text-muted')};
    text-align: center;
  }

  .wb-Empty p {
    margin: 0;
    text-wrap: balance;
  }

  .wb-Empty-title {
    margin: 0;
    color: ${token('--wb-text')};
    font-size: 1.2857em;
    font-weight: 600;
    line-height: 1.3;
  }

  .wb-Hints {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
    gap: 8px;
    width: 100%;
    margin-top: 8px;
  }

  .wb-Hint {
    flex-direction: column;
    gap: 2px;
    align-items: flex-start;
    justify-content: flex-start;
    min-height: 44px;
    padding: 10px 14px;
    border-color: ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    text-align: start;
  }

  .wb-Hint-label {
    font-weight: 600;
  }

  .wb-Hint-text {
    color: ${token('--wb-text-muted')};
    font-size: 0.9286em;
  }

  .wb-Download {
    display: flex;
    flex-direction: column;
    gap: 8px;
    width: min(22rem, 100%);
  }

  .wb-Download .wb-Row {
    justify-content: space-between;
  }

  .wb-Download-figures {
    font-variant-numeric: tabular-nums;
  }

  progress {
    width: 100%;
    height: 8px;
    border: 0;
    border-radius: 4px;
    background: ${token('--wb-surface-hover')};
    accent-color: ${token('--wb-accent')};
    overflow: hidden;
    appearance: none;
  }

  progress::-webkit-progress-bar {
    background: ${token('--wb-surface-hover')};
  }

  progress::-webkit-progress-value {
    border-radius: 4px;
    background: ${token('--wb-accent')};
  }

  progress::-moz-progress-bar {
    background: ${token('--wb-accent')};
  }
`;

const MARKDOWN = css`
  .wb-Markdown {
    min-width: 0;
    unicode-bidi: isolate;
  }

  .wb-Block > *,
  .wb-Markdown p {
    margin: 0 0 0.75em;
  }

  .wb-Block:last-child > :last-child {
    margin-bottom: 0;
  }

  .wb-Markdown h4 {
    margin: 1.25em 0 0.5em;
    font-size: 1.0714em;
    font-weight: 600;
    line-height: 1.35;
  }

  .wb-Markdown h4.wb-mod-h1 {
    font-size: 1.2857em;
  }

  .wb-Markdown h4.wb-mod-h2 {
    font-size: 1.1786em;
  }

  .wb-Block:first-child > h4:first-child {
    margin-top: 0;
  }

  .wb-Markdown ul,
  .wb-Markdown ol {
    padding-inline-start: 1.6em;
  }

  .wb-Markdown li + li {
    margin-top: 0.25em;
  }

  .wb-Markdown li > ul,
  .wb-Markdown li > ol {
    margin: 0.25em 0 0;
  }

  .wb-Markdown li > p {
    margin: 0 0 0.5em;
  }

  .wb-Markdown li > p:last-child {
    margin-bottom: 0;
  }

  .wb-Markdown .wb-Task {
    list-style: none;
    margin-inline-start: -1.3em;
  }

  .wb-Markdown blockquote {
    margin-inline: 0;
    padding: 2px 0 2px 14px;
    border-inline-start: 3px solid ${token('--wb-border')};
    color: ${token('--wb-text-muted')};
  }

  .wb-Markdown blockquote > :last-child {
    margin-bottom: 0;
  }

  .wb-Markdown hr {
    border: 0;
    border-top: 1px solid ${token('--wb-border')};
  }

  .wb-Markdown a[href] {
    color: ${token('--wb-link')};
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
  }

  .wb-Image {
    padding: 1px 8px;
    border: 1px dashed ${token('--wb-border-strong')};
    border-radius: ${measure('--wb-radius-small')};
    color: ${token('--wb-text-muted')};
  }

  .wb-Markdown code {
    font-family: ${measure('--wb-font-code')};
    font-size: 0.9em;
  }

  .wb-Markdown :not(pre) > code {
    padding: 0.1em 0.35em;
    border-radius: 4px;
    background: ${token('--wb-surface-muted')};
  }

  .wb-Code {
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-code-surface')};
    overflow: hidden;
  }

  .wb-Code-bar {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    align-items: center;
    padding: 2px 4px 2px 14px;
    border-bottom: 1px solid ${token('--wb-border')};
  }

  .wb-Code-bar .wb-Button {
    padding-inline: 8px;
    border-color: transparent;
    background: transparent;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Code-bar .wb-Button:hover {
    background: ${token('--wb-surface-hover')};
    color: ${token('--wb-text')};
  }

  .wb-Code-language {
    flex: 1 1 auto;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Code pre {
    margin: 0;
    padding: 12px 14px;
    line-height: 1.5;
    overflow-x: auto;
    overflow-wrap: normal;
    tab-size: 4;
    scrollbar-width: thin;
  }

  .wb-Table,
  .wb-Math {
    overflow: auto hidden;
    scrollbar-width: thin;
  }

  .wb-Math {
    padding-block: 4px;
    overflow-wrap: normal;
  }

  .wb-Markdown table {
    border-collapse: collapse;
    font-size: 0.9643em;
  }

  .wb-Markdown th,
  .wb-Markdown td {
    padding: 6px 12px;
    border-bottom: 1px solid ${token('--wb-border')};
    text-align: start;
    vertical-align: top;
    overflow-wrap: normal;
  }

  .wb-Markdown .wb-mod-right {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }

  .wb-Markdown .wb-mod-center {
    text-align: center;
  }

  .wb-Markdown th {
    font-weight: 600;
    white-space: nowrap;
  }

  math {
    font-family: 'STIX Two Math', 'Cambria Math', 'Latin Modern Math', 'DejaVu Math TeX Gyre', math;
    font-size: 1.1em;
    line-height: normal;
    contain: paint;
  }

  math[display='block'] {
    width: fit-content;
    min-width: 100%;
  }

  .tml-jot mtd {
    padding-block: 0.35em;
  }

  .tml-right {
    padding-inline: 0;
    text-align: right;
  }

  .tml-left {
    padding-inline: 0;
    text-align: left;
  }

  .hljs-keyword,
  .hljs-selector-tag,
  .hljs-literal,
  .hljs-name,
  .hljs-operator,
  .hljs-tag {
    color: ${token('--wb-code-keyword')};
  }

  .hljs-string,
  .hljs-regexp,
  .hljs-addition,
  .hljs-attribute,
  .hljs-symbol {
    color: ${token('--wb-code-string')};
  }

  .hljs-number,
  .hljs-meta,
  .hljs-variable,
  .hljs-template-variable {
    color: ${token('--wb-code-number')};
  }

  .hljs-comment,
  .hljs-quote,
  .hljs-deletion {
    color: ${token('--wb-code-comment')};
    font-style: italic;
  }

  .hljs-title,
  .hljs-section,
  .hljs-attr,
  .hljs-selector-class {
    color: ${token('--wb-code-title')};
  }

  .hljs-built_in,
  .hljs-type,
  .hljs-params .hljs-type,
  .hljs-class {
    color: ${token('--wb-code-type')};
  }
`;

/** Everything that moves, for those who have not asked for less of it. */
const MOTION = css`
  @keyframes wb-breathe {
    0%,
    60%,
    100% {
      opacity: 0.3;
    }

    30% {
      opacity: 1;
    }
  }

  @keyframes wb-appear {
    from {
      opacity: 0;
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    .wb-Button,
    .wb-Composer,
    .wb-Message-foot > * {
      transition:
        background-color 120ms ease,
        border-color 120ms ease,
        color 120ms ease,
        opacity 120ms ease;
    }

    .wb-Waiting-dots i {
      animation: wb-breathe 1.2s ease-in-out infinite;
    }

    .wb-Waiting-dots i:nth-child(2) {
      animation-delay: 0.15s;
    }

    .wb-Waiting-dots i:nth-child(3) {
      animation-delay: 0.3s;
    }

    .wb-Empty.wb-mod-late {
      animation: wb-appear 200ms ease 300ms backwards;
    }
  }
`;

const CIRCUMSTANCES = css`
  @media (pointer: coarse) {
    .wb-Button,
    .wb-Menu-item,
    .wb-Reasoning summary {
      min-height: 44px;
    }

    .wb-Button.wb-mod-icon {
      width: 44px;
    }
  }

  @container (width < 26rem) {
    .wb-Transcript,
    .wb-Chat-foot {
      padding-inline: 12px;
    }

    .wb-Message-text {
      max-width: 94%;
    }
  }

  @media (forced-colors: active) {
    .wb-Message-text,
    .wb-Notice,
    .wb-Menu,
    .wb-Toast,
    .wb-Button {
      border: 1px solid;
    }

    .wb-Menu-item:focus {
      outline: 2px solid Highlight;
    }

    .wb-Button.wb-mod-primary:disabled {
      color: GrayText;
    }
  }

  @media print {
    .wb-Chat-header,
    .wb-Chat-foot,
    .wb-Message-foot,
    .wb-Jump {
      display: none;
    }
  }
`;

export const STYLES: CSSResult[] = [FRAME, CONTROLS, COMPOSER, MESSAGES, MARKDOWN, MOTION, CIRCUMSTANCES];
