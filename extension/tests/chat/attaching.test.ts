import { expect, test } from 'vitest';

import { attachmentOf, read, sized, sizeOf, together } from '../../src/chat/attaching.js';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3];

function file(name: string, ...parts: BlobPart[]): File {
  return new File(parts, name);
}

const bytes = (...numbers: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(numbers);

/** A picture that is larger than is allowed. */
function large(): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(5 * 1024 ** 2 + 1);
  content.set(PNG);
  return content;
}

test.each([
  ['image/png', bytes(...PNG)],
  ['image/jpeg', bytes(0xff, 0xd8, 0xff, 0xe0)],
  ['image/gif', 'GIF89a.'],
  ['image/webp', 'RIFF1234WEBPVP8 ']
])('a picture is known by what it holds, not by its name: %s', async (media_type, content) => {
  const given = await read(file('notes.txt', content));
  expect(given).toMatchObject({ kind: 'picture', name: 'notes.txt', text: '', media_type });
  expect(atob(given.data)).toHaveLength(new Blob([content]).size);
  expect(sizeOf(given)).toBeGreaterThanOrEqual(new Blob([content]).size);
});

test('a PDF is known by its head, and goes as it is', async () => {
  const content = '%PDF-1.7\n%âãÏÓ\n%%EOF\n';
  const given = await read(file('paper', content));
  expect(given).toMatchObject({ kind: 'pdf', name: 'paper', text: '', media_type: 'application/pdf' });
  expect(atob(given.data)).toHaveLength(new Blob([content]).size);
  expect(attachmentOf(given)).toMatchObject({ kind: 'pdf', size_bytes: sizeOf(given) });
});

test('a text is known by its bytes, whatever it is called', async () => {
  const given = await read(file('plot.png', 'Grüße, 世界'));
  expect(given).toEqual({ kind: 'text', name: 'plot.png', text: 'Grüße, 世界', media_type: 'text/plain', data: '' });
  expect(sizeOf(given)).toBe(15);
  expect(attachmentOf(given)).toMatchObject({ name: 'plot.png', size_bytes: 0 });
});

test.each([
  ['cut.pdf', bytes(0x25, 0x50, 0x44, 0x46, 0x2d, 0xff, 0xfe), 'is cut off'],
  ['locked.pdf', '%PDF-1.7 trailer <</Encrypt 5 0 R>> %%EOF', 'is encrypted; attach a copy without a password'],
  ['other.pdf', '%PDF-1.7 trailer <</Encrypt<</V 4>>>> %%EOF', 'is encrypted'],
  ['vast.pdf', `%PDF-1.7 ${'x'.repeat(10 * 1024 ** 2)} %%EOF`, 'the largest PDF allowed has 10 MB'],
  ['data.bin', bytes(0x61, 0, 0x62), 'is no text, no picture (PNG, JPEG, GIF, WebP) and no PDF'],
  ['empty.txt', '  ', 'is empty'],
  ['long.txt', 'x'.repeat(60_001), 'at most 60000 characters'],
  ['longer.txt', 'x'.repeat(240_001), 'at most 60000 characters'],
  ['big.png', large(), 'the largest picture allowed has 5 MB']
])('%s is refused, and by its name', async (name, content, words) => {
  const refused = read(file(name, content));
  await expect(refused).rejects.toThrow(words);
  await expect(refused).rejects.toThrow(`“${name}”`);
});

test('what is too much together is refused, and names what came last', async () => {
  const text = await read(file('long.txt', 'x'.repeat(60_000)));
  const most = [text, text, text];
  expect(together(most.slice(1), text)).toHaveLength(3);
  expect(() => together(most, text)).toThrow('“long.txt” is too much');
  const small = await read(file('a.txt', 'a'));
  expect(() => together(new Array(20).fill(small), small)).toThrow('“a.txt” is one too many');
  const pdf = { ...small, kind: 'pdf' as const, name: 'big.pdf', data: 'A'.repeat(8 * 1024 ** 2) };
  expect(() => together([pdf], pdf)).toThrow('“big.pdf” is too much: pictures and PDFs have at most 10 MB');
  const picture = { ...small, kind: 'picture' as const, name: 'big.png', data: 'A'.repeat(6 * 1024 ** 2) };
  expect(() => together([picture, picture], picture)).toThrow('“big.png” is too much');
});

test('sizes are told in bytes, kilobytes and megabytes', () => {
  expect([sized(100), sized(2048), sized(3.5 * 1024 ** 2)]).toEqual(['100 bytes', '2 KB', '3.5 MB']);
});
