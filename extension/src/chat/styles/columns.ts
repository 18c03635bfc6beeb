import { css } from 'lit';

import { measure, token } from '../tokens.js';

/** Replies side by side: as wide as the chat is; where it is narrow, one at a time. */
export const COLUMNS = css`
  .wb-Comparison {
    align-self: center;
    width: calc(100cqi - 40px);
    max-width: 100rem;
  }

  .wb-Columns {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: minmax(17rem, 1fr);
    gap: 12px;
    overflow-x: auto;
    scroll-snap-type: x proximity;
    scrollbar-width: thin;
  }

  .wb-Columns:focus-visible {
    outline: 2px solid ${token('--wb-focus')};
    outline-offset: -2px;
  }

  .wb-Column {
    display: flex;
    flex-direction: column;
    gap: 6px;
    min-width: 0;
    padding: 10px 14px;
    border: 1px solid ${token('--wb-border')};
    border-radius: ${measure('--wb-radius')};
    scroll-snap-align: start;
  }

  .wb-Column-place {
    float: inline-end;
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }

  .wb-Column-foot {
    margin-top: auto;
    color: ${token('--wb-text-muted')};
    font-size: 0.9286em;
  }

  .wb-Column-foot .wb-Message-figures {
    flex: 1 0 100%;
    padding: 0;
  }

  .wb-Merging {
    position: relative;
    padding-top: 4px;
  }

  @container (width < 36rem) {
    .wb-Columns {
      grid-auto-columns: 100%;
      scroll-snap-type: x mandatory;
    }
  }
`;
