const LONGEST_NAME = 200;

/** As which files a report is saved, without the folder. */
export interface Copy {
  readonly name: string;
  readonly asPage: boolean;
  readonly asNotebook: boolean;
}

/** The files of a copy. */
export function filesOf({ name, asPage, asNotebook }: Copy): readonly string[] {
  const stem = name.trim();
  return [...(asPage ? [`${stem}.html`] : []), ...(asNotebook ? [`${stem}.ipynb`] : [])];
}

export type CopyProblem = 'empty' | 'long' | 'unusable' | 'nothing' | null;

/** What is wrong with a copy before anything is asked of the server. */
export function copyProblem({ name, asPage, asNotebook }: Copy): CopyProblem {
  const stem = name.trim();
  if (stem === '') {
    return 'empty';
  }
  if (stem.length > LONGEST_NAME) {
    return 'long';
  }
  // eslint-disable-next-line no-control-regex -- no file is called so
  if (stem.startsWith('.') || /[/\\:\u0000-\u001f]/.test(stem)) {
    return 'unusable';
  }
  return asPage || asNotebook ? null : 'nothing';
}
