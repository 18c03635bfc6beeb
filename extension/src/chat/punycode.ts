/**
 * Stands in for the package `punycode.js` in the bundle for browsers, which can write a hostname in ASCII themselves.
 * A name that came in ASCII stays so where it is shown: what it decodes to may look like another's name.
 */
export default {
  toASCII(hostname: string): string {
    return URL.canParse(`http://${hostname}`) ? new URL(`http://${hostname}`).hostname : hostname;
  },
  toUnicode(hostname: string): string {
    return hostname;
  }
};
