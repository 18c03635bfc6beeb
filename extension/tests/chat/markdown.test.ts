import { beforeEach, expect, test } from 'vitest';

import { Blocks } from '../../src/chat/blocks.js';
import { decodeHTMLStrict } from '../../src/chat/entities.js';
import { patchChildren } from '../../src/chat/patch.js';
import punycode from '../../src/chat/punycode.js';
import { sanitise } from '../../src/chat/sanitise.js';

let root: HTMLElement;
let blocks: Blocks;

beforeEach(() => {
  root = document.createElement('div');
  blocks = make(root);
});

function make(element: HTMLElement): Blocks {
  return new Blocks(element, { translate: text => text, decorate: () => undefined });
}

/** `text` drawn in one go. */
function draw(text: string): HTMLElement {
  const element = document.createElement('div');
  make(element).update(text, { open: false });
  return element;
}

const LONG = `# Title

A paragraph with \`code\`,
in two lines, $x^2$ and [a link][1].

Setext
------

1. one

2. two
   - nested

     still nested

* other list
- yet another

> quote
lazy

\`\`\`python
def f():

    return 1
\`\`\`

~~~
unfinished \`\`\`
~~~

| a | b |
|---|--:|
| 1 | 2 |

$$
\\frac{a}{b}
$$

\\[ c \\]

    indented code

![image](https://example.org/x.png)

[1]: https://example.org
Last words`;

test('a text that grows character by character ends as if drawn at once', { timeout: 30_000 }, () => {
  for (let end = 0; end < LONG.length; end++) {
    blocks.update(LONG.slice(0, end), { open: true });
  }
  blocks.update(LONG, { open: false });
  expect(root.innerHTML).toBe(draw(LONG).innerHTML);
});

test('a text that ends at any place is drawn as if it had come at once', { timeout: 30_000 }, () => {
  for (let end = 1; end < LONG.length; end += 17) {
    const element = document.createElement('div');
    const grown = make(element);
    for (let at = 3; at < end; at += 7) {
      grown.update(LONG.slice(0, at), { open: true });
    }
    grown.update(LONG.slice(0, end), { open: false });
    expect(element.innerHTML).toBe(draw(LONG.slice(0, end)).innerHTML);
  }
});

test('a reply that goes on after its end is drawn as if it had not stopped', () => {
  blocks.update('One par', { open: false });
  blocks.update('One paragraph.\n\nTwo', { open: true });
  blocks.update('One paragraph.\n\nTwo.', { open: false });
  expect(root.innerHTML).toBe(draw('One paragraph.\n\nTwo.').innerHTML);
});

test('blocks that are closed stay the same nodes', () => {
  blocks.update('First.\n\nSecond.\n\nThi', { open: true });
  const [first, second] = root.children;
  const inner = first?.firstElementChild;
  blocks.update('First.\n\nSecond.\n\nThird.\n\nFourth.', { open: true });
  expect(root.children[0]).toBe(first);
  expect(root.children[0]?.firstElementChild).toBe(inner);
  expect(root.children[1]).toBe(second);
  expect(root.textContent).toContain('Fourth.');
});

test('a numbered list is not closed by a line that may still belong to it', () => {
  const text = '1. one\n\n2. two';
  for (let end = 0; end <= text.length; end++) {
    blocks.update(text.slice(0, end), { open: true });
  }
  expect(root.querySelectorAll('ol')).toHaveLength(1);
  expect(root.querySelectorAll('li')).toHaveLength(2);
});

test('another text takes the place of the first', () => {
  blocks.update('First.\n\nSecond.', { open: false });
  blocks.update('Other.', { open: false });
  expect(root.innerHTML).toBe(draw('Other.').innerHTML);
});

test.each([
  ['$x^2$', 'msup'],
  ['\\(x^2\\)', 'msup'],
  ['$$x^2$$', 'math[display=block]'],
  ['\\[x^2\\]', 'math[display=block]'],
  ['text $$x$$ text', 'p > .wb-Math, math[display=block]'],
  ['- item\n  $$\n  x^2\n  $$', 'li math[display=block]']
])('%s is math', (text, selector) => {
  expect(draw(text).querySelector(selector)).not.toBeNull();
});

test.each([
  'It costs $5 and $10.',
  'From $5-$10 a piece',
  'A lone $ sign',
  '$ x $',
  '`$x$`',
  '\\$x\\$',
  '$x\n\ny$'
])('%s is no math', text => {
  expect(draw(text).querySelector('math')).toBeNull();
});

test.each(['$\\href{https://example.org}{x}$', '$\\frac{$', `$${'x'.repeat(5000)}$`, '$\\def\\a{\\a\\a}\\a$'])(
  'math that cannot be set is shown as it was written: %s',
  text => {
    const drawn = draw(text);
    expect(drawn.querySelector('math, a')).toBeNull();
    expect(drawn.textContent.replace(/\$/g, '').trim()).not.toBe('');
  }
);

test('math does not grow out of its place', () => {
  for (const element of draw('$\\rule{9999em}{9999em} \\hspace{9999em} x$').querySelectorAll('[width]')) {
    expect(parseFloat(element.getAttribute('width') ?? '')).toBeLessThanOrEqual(20);
  }
});

test.each([
  '![alt](https://example.org/x.png)',
  '![alt](data:image/png;base64,AAAA)',
  '![alt](x.png)',
  '![alt][r]\n\n[r]: https://example.org/x.png',
  '[![alt](https://example.org/x.png)](https://example.org)',
  '<img src="https://example.org/x.png" alt="alt">'
])('no image is drawn: %s', text => {
  const drawn = draw(text);
  expect(drawn.querySelector('img, picture, svg, [src], [srcset]')).toBeNull();
  expect(drawn.textContent).toContain('alt');
});

test.each(['javascript:x', 'JAVASCRIPT:x', 'data:text/html,x', 'vbscript:x', 'file:///x', '/lab', '#x', '//x.org', 'blob:x'])(
  'a link to %s leads nowhere and keeps its words',
  target => {
    const drawn = draw(`[words](${target})`);
    expect(drawn.querySelector('[href]')).toBeNull();
    expect(drawn.textContent).toContain('words');
  }
);

test('a link that may be followed tells nobody where the reader came from', () => {
  const link = draw('[words](https://example.org/a?b=c&d)').querySelector('a');
  expect(link?.getAttribute('href')).toBe('https://example.org/a?b=c&d');
  expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow');
  expect(link?.getAttribute('target')).toBe('_blank');
});

test('html is shown, not obeyed', () => {
  const drawn = draw('<b onclick="x()">bold</b>');
  expect(drawn.querySelector('b')).toBeNull();
  expect(drawn.textContent.trim()).toBe('<b onclick="x()">bold</b>');
});

test.each(['id', 'name', 'style', 'onclick', 'src', 'srcset', 'data-action', 'aria-label', 'slot', 'part', 'tabindex', 'ping', 'xlink:href', 'action', 'formaction'])(
  'the sanitiser lets no attribute %s through',
  name => {
    for (const tag of ['p', 'a', 'span', 'td', 'math', 'mi', 'mrow']) {
      const content = sanitise(`<${tag} ${name}="https://example.org">x</${tag}>`);
      expect(content.querySelector('*')?.hasAttribute(name) ?? false).toBe(false);
    }
  }
);

test.each(['script', 'style', 'iframe', 'object', 'embed', 'svg', 'form', 'input', 'button', 'img', 'video', 'link', 'meta', 'base', 'template', 'slot', 'wb-chat', 'annotation-xml', 'maction', 'semantics'])(
  'the sanitiser lets no element %s through',
  tag => {
    expect(sanitise(`<p>x</p><${tag}>y</${tag}>`).querySelector(tag)).toBeNull();
    expect(sanitise(`<math><${tag}>y</${tag}></math>`).querySelector(tag)).toBeNull();
  }
);

test('only the classes of the renderer get through', () => {
  const content = sanitise('<p class="wb-Image jp-Button hljs-keyword evil tml-right language-python">x</p>');
  expect(content.querySelector('p')?.className).toBe('wb-Image hljs-keyword tml-right language-python');
});

test('patching touches only what differs', () => {
  const target = sanitise('<ul><li>one</li><li>two</li></ul>');
  const [first, second] = target.querySelectorAll('li');
  const text = second?.firstChild;
  patchChildren(target, sanitise('<ul><li>one</li><li>two and more</li><li>three</li></ul>'));
  expect(target.querySelectorAll('li')).toHaveLength(3);
  expect(target.querySelectorAll('li')[0]).toBe(first);
  expect(target.querySelectorAll('li')[1]?.firstChild).toBe(text);
  expect(text?.textContent).toBe('two and more');
  patchChildren(target, sanitise('<p>other</p>'));
  expect(target.textContent).toBe('other');
});

test.each([
  ['&amp;', '&'],
  ['&copy;', '©'],
  ['&NotEqualTilde;', '≂̸'],
  ['&semi;', ';'],
  ['&notit;', '&notit;'],
  ['&nosuchname;', '&nosuchname;'],
  ['&lt;&gt;', '<>']
])('the browser’s names of characters: %s is %s', (text, decoded) => {
  expect(decodeHTMLStrict(text)).toBe(decoded);
});

test.each([
  ['münchen.de', 'xn--mnchen-3ya.de'],
  ['example.org', 'example.org'],
  ['not a host', 'not a host']
])('the browser’s names of hosts: %s goes to %s', (written, host) => {
  expect(punycode.toASCII(written)).toBe(host);
});

test('a host that came in ASCII is shown so, as its letters may look like another’s', () => {
  expect(punycode.toUnicode('xn--pple-43d.com')).toBe('xn--pple-43d.com');
});
