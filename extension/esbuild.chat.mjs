/**
 * Bundles the chat for hosts without JupyterLab: the hosted page, the widget, a bare page.
 *
 * Writes dist/chat.<hash>.js, whose name changes with its content, dist/manifest.json, which names it
 * ({"chat": "chat.<hash>.js"}), and dist/LICENSES.txt, the licences of what is in it.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MOST_GZIPPED_BYTES = 160_000;
const root = fileURLToPath(new URL('.', import.meta.url));
const dist = `${root}dist`;

const result = await build({
  absWorkingDir: root,
  entryPoints: { chat: 'src/chat/page.ts' },
  entryNames: '[name].[hash]',
  outdir: dist,
  bundle: true,
  loader: { '.css': 'text' },
  alias: { entities: './src/chat/entities.ts' },
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  banner: { js: '/*! The licences of what is bundled here are in LICENSES.txt beside this file. */' },
  metafile: true,
  write: false,
  logLevel: 'warning'
});

const [bundle] = result.outputFiles;
const gzipped = gzipSync(bundle.contents, { level: 9 }).length;
if (gzipped > MOST_GZIPPED_BYTES) {
  throw new Error(`The chat is ${gzipped} bytes gzipped; ${MOST_GZIPPED_BYTES} is the most it may be.`);
}
const name = basename(bundle.path);
await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) {
  if (/^chat\..*\.js$/.test(old) && old !== name) {
    await rm(`${dist}/${old}`);
  }
}
await writeFile(`${dist}/${name}`, bundle.contents);
await writeFile(`${dist}/manifest.json`, `${JSON.stringify({ chat: name })}\n`);
await writeFile(`${dist}/LICENSES.txt`, await licences(Object.keys(result.metafile.inputs)));
process.stdout.write(`${name}: ${(gzipped / 1000).toFixed(1)} kB gzipped\n`);

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
