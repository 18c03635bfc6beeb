import type { TranslationBundle } from '@jupyterlab/translation';

/** What the fields of a personality are called. */
export function fieldNames(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    name: trans.__('Name'),
    description: trans.__('What it is good for'),
    role: trans.__('Who answers'),
    traits: trans.__('Traits'),
    tone: trans.__('Tone'),
    style: trans.__('Style'),
    formality: trans.__('Formality'),
    audience: trans.__('Who it writes for'),
    do: trans.__('Do'),
    dont: trans.__('Do not'),
    examples: trans.__('Examples'),
    language: trans.__('Language'),
    emoji: trans.__('Emoji'),
    length: trans.__('Length')
  };
}
