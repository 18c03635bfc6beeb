import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** Messages, notices and what stands where none are. */
export const MESSAGES = css`
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

  .wb-Message-foot,
  .wb-Notice {
    position: relative;
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

  .wb-Message-foot > [aria-pressed='true'] {
    opacity: 1;
  }

  .wb-Button[aria-pressed='true'] {
    color: ${token('--wb-accent')};
  }

  [aria-pressed='true'] .wb-Icon {
    fill: currentcolor;
    fill-opacity: 0.25;
  }

  .wb-Icon.wb-mod-bad {
    scale: 1 -1;
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

  .wb-Reasoning,
  .wb-Given {
    color: ${token('--wb-text-muted')};
    font-size: 0.9286em;
  }

  .wb-Given {
    max-width: 88%;
  }

  .wb-Given-name {
    margin: 6px 0 0;
  }

  .wb-Given-status {
    margin: 0;
  }

  .wb-Given-picture {
    display: block;
    max-width: 100%;
    max-height: 24rem;
    margin-top: 4px;
    border-radius: ${measure('--wb-radius-small')};
  }

  .wb-Given-picture[hidden] {
    display: none;
  }

  .wb-Given-text {
    max-height: 20rem;
    margin: 4px 0 0;
    padding: 8px 10px;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius-small')};
    overflow: auto;
    color: ${token('--wb-text')};
    font-family: ${measure('--wb-font-code')};
    white-space: pre-wrap;
  }

  .wb-Given-text.wb-mod-table {
    white-space: pre;
  }

  .wb-Reasoning summary,
  .wb-Given summary {
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
