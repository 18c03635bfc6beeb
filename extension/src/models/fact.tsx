import * as React from 'react';

/** One of the facts of a list, with what it is of. */
export function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }): React.JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
