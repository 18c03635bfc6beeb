import type { TranslationBundle } from '@jupyterlab/translation';

/** What the fields of a prompt are called. */
export function fieldNames(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    name: trans.__('Name'),
    title: trans.__('Title'),
    folder: trans.__('Folder'),
    tags: trans.__('Tags'),
    use: trans.__('Written for'),
    description: trans.__('What it is good for'),
    text: trans.__('Text'),
    variables: trans.__('Variables')
  };
}
