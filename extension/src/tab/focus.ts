import * as React from 'react';

/** For the outermost element of a page: where what had the focus in it is gone, the focus goes to its heading. */
export function useKeptFocus(): React.HTMLAttributes<HTMLElement> & React.RefAttributes<HTMLDivElement> {
  const page = React.useRef<HTMLDivElement>(null);
  const focused = React.useRef<Element | null>(null);
  React.useLayoutEffect(() => {
    if (focused.current?.isConnected === false) {
      focused.current = null;
      if (document.activeElement === document.body) {
        page.current?.querySelector<HTMLElement>('h1')?.focus();
      }
    }
  });
  return {
    ref: page,
    onFocus: event => {
      focused.current = event.target;
    }
  };
}
