import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** Where is written: the composer, the editor of a question; and what floats above the transcript. */
export const COMPOSER = css`
  .wb-Composer {
    position: relative;
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
  .wb-Editor-text,
  .wb-Note {
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

  .wb-Chips {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin: 0;
    padding: 8px 8px 0;
    list-style: none;
  }

  .wb-Chip {
    display: flex;
    gap: 6px;
    align-items: center;
    max-width: 100%;
    padding-inline-start: 10px;
    border: 1px solid ${token('--wb-border')};
    border-radius: 14px;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
    white-space: nowrap;
  }

  .wb-Chip bdi {
    color: ${token('--wb-text')};
  }

  .wb-Chips-note {
    margin: 4px 14px 0;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Chips-note:empty {
    display: none;
  }

  .wb-Chat[data-dropping] .wb-Composer {
    outline: 2px dashed ${token('--wb-focus')};
    outline-offset: 2px;
  }

  .wb-Slash {
    max-height: min(40vh, 18rem);
    margin: 0 0 8px;
    padding: 8px;
    overflow-y: auto;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-surface-raised')};
  }

  .wb-Slash label {
    display: block;
    margin-block: 6px;
  }

  .wb-Composer-bar {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    padding: 0 6px 6px 8px;
  }

  .wb-Composer .wb-Menu {
    inset: auto 8px calc(100% - 40px);
  }

  .wb-Composer-hint {
    flex: 1;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
  }

  .wb-Composer-estimate {
    display: block;
  }

  .wb-Editor {
    display: flex;
    flex-direction: column;
    gap: 8px;
    width: 100%;
  }

  .wb-Editor-text,
  .wb-Note {
    padding: 10px 14px;
    border: 1px solid ${token('--wb-border-strong')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-surface-raised')};
  }

  .wb-Editor .wb-Button.wb-mod-primary {
    min-height: ${measure('--wb-target')};
    padding-block: 4px;
  }

  .wb-Note {
    min-height: ${measure('--wb-target')};
    max-width: 36rem;
    padding-block: 6px;
    font-size: 0.9286em;
  }

  .wb-Editor-text:focus,
  .wb-Note:focus {
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
