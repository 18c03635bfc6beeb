/**
 * Stands in for the package `entities` in the bundle for browsers, which have the table of names themselves (16 kB
 * gzipped). Same answers: only whole names that end in a semicolon are decoded.
 */
export function decodeHTMLStrict(text: string): string {
  return text.replace(/&[a-z][a-z0-9]*;/gi, name => {
    decoder ??= document.implementation.createHTMLDocument('').createElement('textarea');
    decoder.innerHTML = name;
    const decoded = decoder.value;
    // `&notit;` is no name, but begins with one that old pages write without its semicolon
    return decoded.includes(';') && name !== '&semi;' ? name : decoded;
  });
}

let decoder: HTMLTextAreaElement | undefined;
