import type { Attachment, Given } from './records.js';
import { ApiError } from './transport.js';

const MOST = 20;
const LONGEST_TEXT = 60_000;
const LONGEST_TOGETHER = 200_000;
const MB = 1024 ** 2;
const LARGEST_PICTURE = 5 * MB;
/** Of one PDF, and of all pictures and PDFs together. */
const LARGEST_TOGETHER = 10 * MB;
/** How the pictures that can be given begin. */
const SIGNATURES: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/]
];

/** `file` as it goes with a question, by what it holds. Rejects with an `ApiError` that names it where it cannot. */
export async function read(file: File): Promise<Given> {
  const name = file.name || 'picture';
  const begins = String.fromCharCode(...(await bytesOf(file.slice(0, 16), name)));
  if (begins.startsWith('%PDF-')) {
    return pdf(file, name);
  }
  const media_type = SIGNATURES.find(([, signature]) => signature.test(begins))?.[0];
  if (media_type !== undefined) {
    if (file.size > LARGEST_PICTURE) {
      throw refusal(`“${name}” has ${sized(file.size)}; the largest picture allowed has ${sized(LARGEST_PICTURE)}.`);
    }
    return { kind: 'picture', name, text: '', media_type, data: await base64(file) };
  }
  const text = file.size > 4 * LONGEST_TEXT ? null : decoded(await bytesOf(file, name));
  if (text === undefined) {
    throw refusal(`“${name}” is no text, no picture (PNG, JPEG, GIF, WebP) and no PDF.`);
  }
  if (text === null || text.length > LONGEST_TEXT) {
    throw refusal(`“${name}” has ${sized(file.size)}; a text has at most ${LONGEST_TEXT} characters.`);
  }
  if (text.trim() === '') {
    throw refusal(`“${name}” is empty.`);
  }
  return { kind: 'text', name, text, media_type: 'text/plain', data: '' };
}

/** `all` with `more`, if they can go together. Throws an `ApiError` that names `more` where not. */
export function together(all: readonly Given[], more: Given): readonly Given[] {
  const given = [...all, more];
  if (given.length > MOST) {
    throw refusal(`“${more.name}” is one too many: at most ${MOST} things go with a question.`);
  }
  if (sum(given, each => each.text.length) > LONGEST_TOGETHER) {
    throw refusal(`“${more.name}” is too much: texts have at most ${LONGEST_TOGETHER} characters together.`);
  }
  if (sum(given, each => (each.data === '' ? 0 : sizeOf(each))) > LARGEST_TOGETHER) {
    throw refusal(`“${more.name}” is too much: pictures and PDFs have at most ${sized(LARGEST_TOGETHER)} together.`);
  }
  return given;
}

/** What a question says of something that goes with it. */
export function attachmentOf(given: Given): Attachment {
  const { kind, name, text, media_type } = given;
  return { kind, name, text, media_type, size_bytes: given.data === '' ? 0 : sizeOf(given) };
}

/** In bytes. */
export function sizeOf({ text, data }: Given): number {
  return data === '' ? new Blob([text]).size : Math.floor((data.length * 3) / 4);
}

/** `12 KB`. */
export function sized(bytes: number): string {
  const [unit, size] = bytes >= MB ? ['MB', MB] : bytes >= 1024 ? ['KB', 1024] : ['bytes', 1];
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(bytes / size)} ${unit}`;
}

/** A PDF, unless it is seen that no model can read it. */
async function pdf(file: File, name: string): Promise<Given> {
  if (file.size > LARGEST_TOGETHER) {
    throw refusal(`“${name}” has ${sized(file.size)}; the largest PDF allowed has ${sized(LARGEST_TOGETHER)}.`);
  }
  const content = new TextDecoder('latin1').decode(await bytesOf(file, name));
  if (!content.includes('%%EOF')) {
    throw refusal(`“${name}” is cut off: it has no end.`);
  }
  if (/\/Encrypt\s*(<<|\d+\s+\d+\s+R)/.test(content)) {
    throw refusal(`“${name}” is encrypted; attach a copy without a password.`);
  }
  return { kind: 'pdf', name, text: '', media_type: 'application/pdf', data: await base64(file) };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

async function bytesOf(blob: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    throw refusal(`“${name}” cannot be read. Of a folder, attach the files in it.`);
  }
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve((reader.result as string).replace(/^.*,/, ''));
    };
    reader.onerror = () => {
      reject(refusal(`“${file.name}” cannot be read.`));
    };
    reader.readAsDataURL(file);
  });
}

function sum(given: readonly Given[], of: (each: Given) => number): number {
  return given.reduce((all, each) => all + of(each), 0);
}

function refusal(message: string): ApiError {
  return new ApiError({ code: 'invalid_input', message, remedy: 'The rest is kept.' });
}
