import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** What is pressed: buttons, icons, menus. */
export const CONTROLS = css`
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
  .wb-Picker-search:focus-visible,
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
    scroll-margin: 8px;
    max-width: 26rem;
    max-height: min(24rem, 60vh);
    padding: 6px;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    background: ${token('--wb-surface-raised')};
    box-shadow: 0 8px 28px ${token('--wb-shadow')};
    color: ${token('--wb-text')};
    font-size: ${measure('--wb-font-size')};
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

  .wb-Branch {
    width: auto;
    align-items: center;
    content-visibility: auto;
    contain-intrinsic-height: auto 54px;
  }

  .wb-Branch-words {
    display: grid;
    min-width: 0;
  }

  .wb-Menu-item[aria-current] {
    box-shadow: inset 3px 0 ${token('--wb-link')};
    font-weight: 600;
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

  .wb-Menu.wb-Picker {
    display: flex;
    flex-direction: column;
    width: calc(100% - 16px);
    box-sizing: border-box;
    overflow: hidden;
  }

  .wb-Picker-search {
    min-height: 36px;
    padding: 4px 10px;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius-small')};
    background: transparent;
    color: inherit;
    font: inherit;
  }

  .wb-Picker-list {
    margin-top: 6px;
    overflow-y: auto;
  }

  .wb-Picker-entry {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: baseline;
    justify-content: space-between;
    padding: 7px 10px;
    border-radius: ${measure('--wb-radius-small')};
    cursor: pointer;
    content-visibility: auto;
    contain-intrinsic-size: auto 60px;
  }

  .wb-Picker-entry[aria-selected='true'] {
    background: ${token('--wb-surface-muted')};
  }

  .wb-Picker-entry.wb-mod-active,
  .wb-Picker-entry:hover {
    background: ${token('--wb-surface-hover')};
  }

  .wb-Picker-entry[aria-disabled='true'] {
    cursor: default;
  }

  .wb-Picker-name {
    min-width: 0;
    overflow-wrap: anywhere;
    font-weight: 600;
  }

  .wb-Picker-words {
    flex: 0 0 100%;
    color: ${token('--wb-text-muted')};
    font-size: 0.8571em;
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

  .wb-Branch .wb-Menu-detail {
    max-width: none;
  }
`;
