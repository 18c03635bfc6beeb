import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** What a model wrote. */
export const MARKDOWN = css`
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
