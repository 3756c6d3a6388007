// Bundles what the compiler has put into `dist/`, whose types stay as they are. A process then reads a dozen files to score its first row and not some hundred, each of which
// costs half a millisecond; nor does it read, for 20 ms a megabyte, what other stages need.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Files from the ground up: each holds its modules and what they import, but for what a file before it holds. What is left makes a file for each folder. */
const FILES = {
  core: ['scoring/index', 'pipeline/index', 'persistence/load'],
  // What most models are made of.
  common: [
    ...['feature/string-indexer', 'feature/one-hot-encoder', 'feature/vector-assembler', 'feature/standard-scaler'],
    ...['feature/bucketizer', 'feature/imputer', 'regression/linear-regression'],
  ],
  engine: ['sql/local/local-engine'],
}

/** Packages whose code becomes part of ours: to find and link the twenty files of the reader takes longer than to load a model. Their licences go with it. */
const INLINED = ['hyparquet', 'hyparquet-writer']

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const { exports, bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const entries = [...Object.values(exports).flatMap((entry) => entry.default ?? []), ...Object.values(bin)]
const input = Object.fromEntries(
  entries.map((/** @type {string} */ path) => [
    path.replace(/^[.]\/dist\//, '').replace(/[.]js$/, ''),
    join(root, path),
  ]),
)

/** @type {Map<string, string>} */
const fileOf = new Map()
async function place(/** @type {string} */ path, /** @type {string} */ file) {
  if (fileOf.has(path)) return
  fileOf.set(path, file)
  for (const [, target] of (await readFile(path, 'utf8')).matchAll(
    /^(?:import|export)\s(?:[^;]*?\sfrom\s)?'([.][^']+)'/gm,
  ))
    await place(join(dirname(path), target), file)
}
for (const [file, modules] of Object.entries(FILES))
  for (const module of modules) await place(join(dist, `${module}.js`), file)

const bundle = await rolldown({
  input,
  platform: 'node',
  external: (id) => /^[a-z@]/.test(id) && !INLINED.some((name) => id === name || id.startsWith(`${name}/`)),
  preserveEntrySignatures: 'allow-extension',
})
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      {
        debugName: 'files',
        name: (path) => fileOf.get(path) ?? /[/](?:dist|node_modules)[/]([^/]+)[/]/.exec(path)?.[1] ?? null,
      },
    ],
  },
})
await bundle.close()
for (const file of await readdir(dist, { recursive: true })) if (file.endsWith('.js')) await rm(join(dist, file))
for (const file of output) {
  const path = join(dist, file.fileName)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, file.type === 'chunk' ? file.code : file.source)
}
const licences = INLINED.map(async (name) => {
  const folder = join(root, 'node_modules', name)
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return `${name} ${version}\n\n${await readFile(join(folder, 'LICENSE'), 'utf8')}`
})
await writeFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), (await Promise.all(licences)).join('\n\n'))
