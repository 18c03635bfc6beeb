import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** The frame: header, transcript, foot. */
export const FRAME = css`
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
    flex: 0 1 auto;
    min-width: 4rem;
    margin: 0;
    font: inherit;
  }

  .wb-Chat-title .wb-Button {
    font-weight: 600;
  }

  .wb-Rename {
    display: flex;
    flex: 1;
    gap: 4px;
    align-items: center;
    min-width: 0;
  }

  .wb-Rename-text {
    flex: 1;
    min-width: 0;
    min-height: ${measure('--wb-target')};
    padding: 3px 8px;
    border: 1px solid ${token('--wb-border-strong')};
    border-radius: ${measure('--wb-radius-small')};
    background: ${token('--wb-surface-raised')};
    color: inherit;
    font: inherit;
    font-weight: 600;
  }

  .wb-Rename-text:focus {
    border-color: ${token('--wb-focus')};
    outline: 1px solid ${token('--wb-focus')};
  }

  .wb-Rename-text::placeholder {
    color: ${token('--wb-text-muted')};
    font-weight: 400;
    opacity: 1;
  }

  .wb-Chat-model {
    flex: none;
    max-width: 45%;
    margin-inline-start: auto;
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
    overscroll-behavior: ${measure('--wb-overscroll')};
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
