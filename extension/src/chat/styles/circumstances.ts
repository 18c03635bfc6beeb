import { css } from 'lit';

/** Fingers, narrow places, forced colours, paper. */
export const CIRCUMSTANCES = css`
  @media (pointer: coarse) {
    .wb-Button,
    .wb-Menu-item,
    .wb-Picker-search,
    .wb-Picker-entry,
    .wb-Reasoning summary,
    .wb-Given summary {
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

    .wb-Hints {
      grid-template-columns: 1fr;
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

    .wb-Picker-entry.wb-mod-active,
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
