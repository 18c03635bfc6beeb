/**
 * Bundles the chat for hosts without JupyterLab: the hosted page, the widget, a bare page.
 *
 * Writes dist/chat.<hash>.js, whose name changes with its content, dist/manifest.json, which names it
 * ({"chat": "chat.<hash>.js"}), and dist/LICENSES.txt, the licences of what is in it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const MOST_GZIPPED_BYTES = 162_000;
const root = fileURLToPath(new URL('.', import.meta.url));
const dist = `${root}dist`;

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/chat/page.ts'],
  bundle: true,
  loader: { '.css': 'text' },
  plugins: [{ name: 'unindented', setup: build => build.onLoad({ filter: /src\/chat\/\w[\w-]*\.ts$/ }, unindented) }],
  alias: { entities: './src/chat/entities.ts', 'punycode.js': './src/chat/punycode.ts' },
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning'
});

const minified = await minify(result.outputFiles[0].text, { module: true, ecma: 2022, compress: { passes: 3 } });
const bundle = `/*! The licences of what is bundled here are in LICENSES.txt beside this file. */\n${minified.code}`;
const gzipped = gzipSync(bundle, { level: 9 }).length;
if (gzipped > MOST_GZIPPED_BYTES) {
  throw new Error(`The chat is ${gzipped} bytes gzipped; ${MOST_GZIPPED_BYTES} is the most it may be.`);
}
const name = `chat.${createHash('sha256').update(bundle).digest('hex').slice(0, 12)}.js`;
await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) {
  if (/^chat\..*\.js$/.test(old) && old !== name) {
    await rm(`${dist}/${old}`);
  }
}
await writeFile(`${dist}/${name}`, bundle);
await writeFile(`${dist}/manifest.json`, `${JSON.stringify({ chat: name })}\n`);
await writeFile(`${dist}/LICENSES.txt`, await licences(Object.keys(result.metafile.inputs)));
process.stdout.write(`${name}: ${(gzipped / 1000).toFixed(1)} kB gzipped\n`);

/** A source without its indentation, which templates would carry into the bundle; lines stay lines. */
async function unindented({ path }) {
  return { contents: (await readFile(path, 'utf8')).replace(/\s*\n\s*/g, '\n'), loader: 'ts' };
}

/** The licence texts of the packages that `inputs` come from. */
async function licences(inputs) {
  const packages = new Set(inputs.flatMap(input => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const texts = [...packages].sort().map(async folder => {
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const file = (await readdir(`${root}${folder}`)).find(entry => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(`${root}${folder}/${file}`, 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
