/** Gives a sentence in the reader's language; `%1`, `%2` … stand where something is filled in. */
export type Translate = (text: string) => string;

/** The sentence `text` with its places filled. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/%(\d)/g, (mark, place: string) => String(values[Number(place) - 1] ?? mark));
}
