import { expect, test } from 'vitest';

import { cellOf, withoutFetching } from '../../src/notebooks/cells.js';

test.each(['python', 'py', '', 'text', 'r'])('code in %j becomes a code cell as it is', language => {
  expect(cellOf('print("![a](b)")', language)).toEqual({ cell_type: 'code', source: 'print("![a](b)")' });
});

test('a shell command runs in its own magic, once', () => {
  expect(cellOf('ls -l', 'bash').source).toBe('%%bash\nls -l');
  expect(cellOf('%%bash\nls -l', 'sh').source).toBe('%%bash\nls -l');
});

test('Markdown becomes a Markdown cell', () => {
  expect(cellOf('# Title', 'markdown')).toEqual({ cell_type: 'markdown', source: '# Title' });
});

test.each([
  ['![a cat](https://evil.example/cat.png)', '[a cat](https://evil.example/cat.png)'],
  ['![a [b] c](//evil.example/x)', '[a [b] c](//evil.example/x)'],
  ['![cat][1]\n\n[1]: https://evil.example', '[cat][1]\n\n[1]: https://evil.example'],
  ['![cat]\n\n[cat]: https://evil.example', '[cat]\n\n[cat]: https://evil.example'],
  ['[![badge](https://evil.example/b)](https://example)', '[[badge](https://evil.example/b)](https://example)'],
  ['`![a](https://evil.example)', '`[a](https://evil.example)'],
  ['$$\n```\n$$\n![a](https://evil.example)\n```', '$$\n```\n$$\n[a](https://evil.example)\n```'],
  ['!![a](https://evil.example)', '[a](https://evil.example)']
])('the image in %j becomes a link', (markdown, link) => {
  expect(withoutFetching(markdown)).toBe(link);
});

test.each([
  '<img src="https://evil.example">',
  '<IMG\nsrc=https://evil.example>',
  '<img/src=https://evil.example>',
  '<picture><source srcset="https://evil.example"></picture>',
  '<video poster="https://evil.example"></video>',
  '<audio src="https://evil.example"></audio>',
  '<iframe src="https://evil.example"></iframe>',
  '<object data="https://evil.example"></object>',
  '<embed src="https://evil.example">',
  '<input type="image" src="https://evil.example">',
  '<svg><image href="https://evil.example"/></svg>',
  '<svg><use href="https://evil.example#a"/></svg>',
  '<link rel="stylesheet" href="https://evil.example">',
  '<style>@import "https://evil.example"</style>',
  '<div style="background:url(https://evil.example)">x</div>',
  '<table background="https://evil.example"><tr><td>x</td></tr></table>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<base href="https://evil.example">'
])('a browser fetches nothing for %j', html => {
  const page = new DOMParser().parseFromString(withoutFetching(html), 'text/html');
  const names = [...page.body.querySelectorAll('*'), ...page.head.querySelectorAll('*')].map(each => each.localName);
  expect(names.filter(name => !['div', 'tr', 'td'].includes(name))).toEqual([]);
  expect(page.querySelector('[style],[src],[href]')).toBeNull();
});

test.each(['vec![1, 2, 3]', 'a < b and c > d', 'vector<int> v', '5 ![', 'x <- 3'])(
  '%j is left as it is',
  text => {
    expect(withoutFetching(text)).toBe(text);
  }
);
