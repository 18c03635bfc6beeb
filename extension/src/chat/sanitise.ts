import createDOMPurify, { type DOMPurify } from 'dompurify';

const HTML_TAGS = [
  'a', 'blockquote', 'br', 'code', 'del', 'div', 'em', 'h4', 'hr', 'li', 'ol', 'p', 'pre', 's',
  'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'
]; // prettier-ignore

/** MathML Core without what links, runs or embeds anything: no maction, annotation, semantics, href. */
const MATH_TAGS = [
  'math', 'menclose', 'merror', 'mfrac', 'mi', 'mmultiscripts', 'mn', 'mo', 'mover', 'mpadded', 'mphantom',
  'mprescripts', 'mroot', 'mrow', 'ms', 'mspace', 'msqrt', 'mstyle', 'msub', 'msubsup', 'msup', 'mtable', 'mtd',
  'mtext', 'mtr', 'munder', 'munderover', 'none'
]; // prettier-ignore

const HTML_ATTRIBUTES = ['class', 'dir', 'href', 'start', 'title'];

const MATH_ATTRIBUTES = [
  'accent', 'accentunder', 'columnalign', 'columnlines', 'columnspan', 'depth', 'display', 'displaystyle', 'fence',
  'form', 'height', 'largeop', 'linethickness', 'lspace', 'mathvariant', 'maxsize', 'minsize', 'movablelimits',
  'notation', 'rowlines', 'rowspan', 'rspace', 'scriptlevel', 'separator', 'stretchy', 'symmetric', 'voffset', 'width'
]; // prettier-ignore

/** The classes that the renderer, the highlighter and the typesetter give; no others get through. */
const CLASSES =
  /^(?:(?:wb|hljs|tml)-[\w-]+|language-[\w+#.-]+|class_|function_|inherited__|upstrike|downstrike)$/;

/** The only links that lead anywhere: absolute, and of a kind that runs nothing. */
export const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;

/** What `html` may show: text, structure, links and math. It runs, styles, names and fetches nothing. */
export function sanitise(html: string): DocumentFragment {
  return purifier().sanitize(html, {
    ALLOWED_TAGS: [...HTML_TAGS, ...MATH_TAGS],
    ALLOWED_ATTR: [...HTML_ATTRIBUTES, ...MATH_ATTRIBUTES],
    ALLOWED_URI_REGEXP: SAFE_LINK,
    ADD_URI_SAFE_ATTR: [...MATH_ATTRIBUTES, 'dir', 'start'],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true
  });
}

let instance: DOMPurify | null = null;

/** An instance of our own: its hooks touch nobody else's on the page. */
function purifier(): DOMPurify {
  if (instance === null) {
    instance = createDOMPurify(window);
    instance.addHook('uponSanitizeAttribute', (_element, attribute) => {
      if (attribute.attrName === 'class') {
        attribute.attrValue = attribute.attrValue
          .split(/\s+/)
          .filter(name => CLASSES.test(name))
          .join(' ');
        attribute.keepAttr = attribute.attrValue !== '';
      }
    });
    instance.addHook('afterSanitizeAttributes', element => {
      if (element.localName === 'a' && element.hasAttribute('href')) {
        element.setAttribute('rel', 'noopener noreferrer nofollow');
        element.setAttribute('target', '_blank');
        element.setAttribute('title', element.getAttribute('href') ?? '');
      } else {
        element.removeAttribute('href');
      }
    });
  }
  return instance;
}
