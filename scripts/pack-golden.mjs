/**
 * Packs a corpus of recorded Spark cases into the one file that the tests read:
 *
 *     node scripts/pack-golden.mjs CORPUS_DIRECTORY [test/golden/data/corpus.json.br]
 *
 * The file is brotli over one JSON object, path -> text. Saved models and timings are left out.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const [source, target = 'test/golden/data/corpus.json.br'] = process.argv.slice(2)
if (source === undefined) throw new Error('usage: node scripts/pack-golden.mjs CORPUS_DIRECTORY [FILE]')

const wanted = /^(datasets\/[^/]+|random\/[^/]+\.json|cases\/.*\/(case\.json|output\.jsonl))$/

/**
 * JSON without white space and without what differs from run to run.
 * @param {string} path
 * @param {string} text
 */
function compact(path, text) {
  if (!path.endsWith('.json')) return text
  const { seconds: _, ...content } = JSON.parse(text)
  return JSON.stringify(content)
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .filter((path) => wanted.test(path))
  .sort()
const content = Object.fromEntries(files.map((path) => [path, compact(path, readFileSync(join(source, path), 'utf8'))]))
const text = Buffer.from(JSON.stringify(content))
const packed = brotliCompressSync(text, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  },
})
writeFileSync(target, packed)
console.log(`${files.length} files, ${text.length} bytes, ${packed.length} bytes packed into ${target}`)
