import { css } from 'lit';

/** Everything that moves, for those who have not asked for less of it. */
export const MOTION = css`
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
