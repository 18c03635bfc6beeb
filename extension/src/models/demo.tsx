import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Download } from '../chat/records.js';
import { quarter } from './model.js';
import type { Props } from './panel.js';
import { sizeWords } from './words.js';

/** The demo model on its way, or where it stopped; nothing where nobody asked for it. */
export function Demo({ model, state, act, trans }: Props): React.JSX.Element | null {
  const { demo } = state;
  if (demo === null || demo.state === 'idle' || demo.state === 'complete') {
    return null;
  }
  const isRunning = demo.state === 'running';
  return (
    <section className="wb-Models-section" aria-labelledby="wb-models-demo">
      <h2 id="wb-models-demo">{trans.__('The small demo model')}</h2>
      {isRunning && (
        <progress
          aria-labelledby="wb-models-demo"
          value={demo.total_bytes === null ? undefined : demo.received_bytes}
          max={demo.total_bytes ?? undefined}
        />
      )}
      {demo.message !== '' && (
        <p className="wb-Models-fault">
          {demo.message} {demo.remedy}
        </p>
      )}
      {demo.state !== 'failed' && <p className="wb-Models-quiet">{progressWords(demo, trans)}</p>}
      <div className="wb-Models-buttons">
        <button
          type="button"
          className="wb-Models-button"
          onClick={() => {
            act(() => (isRunning ? model.cancelDemo() : model.fetchDemo()));
          }}
        >
          {actionWord(demo.state, trans)}
        </button>
      </div>
    </section>
  );
}

/** Says to who does not see it how the demo model comes: at each quarter, and how it ends. */
export function useDemoNews({ state, say, trans }: Pick<Props, 'state' | 'say' | 'trans'>): void {
  const { demo } = state;
  const before = React.useRef<string | null>(null);
  const now = demo === null ? null : news(demo, trans);
  React.useEffect(() => {
    if (now !== null && before.current !== null && before.current !== now) {
      say(now);
    }
    before.current = now;
  }, [now]);
}

function news(demo: Download, trans: TranslationBundle): string {
  switch (demo.state) {
    case 'idle':
      return '';
    case 'running':
      return trans.__('The demo model is on its way: %1%', String(quarter(demo) ?? 0));
    case 'complete':
      return trans.__('The demo model is here.');
    case 'failed':
      return `${demo.message} ${demo.remedy}`;
    case 'cancelled':
      return trans.__('The demo model is no longer fetched.');
  }
}

function actionWord(state: 'running' | 'failed' | 'cancelled', trans: TranslationBundle): string {
  switch (state) {
    case 'running':
      return trans.__('Cancel');
    case 'failed':
      return trans.__('Try again');
    case 'cancelled':
      return trans.__('Go on fetching it');
  }
}

function progressWords({ state, received_bytes, total_bytes }: Download, trans: TranslationBundle): string {
  const received = sizeWords(received_bytes);
  const far = total_bytes === null ? received : trans.__('%1 of %2', received, sizeWords(total_bytes));
  return state === 'running' ? trans.__('Fetching it: %1', far) : trans.__('%1 have come, and are kept.', far);
}
