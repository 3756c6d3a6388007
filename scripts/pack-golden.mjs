/**
 * Packs a corpus of recorded Spark cases into the files that the tests read:
 *
 *     node scripts/pack-golden.mjs CORPUS_DIRECTORY [test/golden/data]
 *
 * `corpus.json.br` is brotli over one JSON object, path -> text, without timings; `saved.json.br` the same of the stages that Spark saved, with
 * parquet files as base64.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const [source, target = 'test/golden/data'] = process.argv.slice(2)
if (source === undefined) throw new Error('usage: node scripts/pack-golden.mjs CORPUS_DIRECTORY [FOLDER]')

const recorded = /^(datasets\/[^/]+|random\/[^/]+\.json|cases\/.*\/(case\.json|output\.jsonl))$/
const saved = /^cases\/.*\/(metadata|data|treesMetadata|userFactors|itemFactors)\/([^_].*\/)?part-[^/]+$/

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

const paths = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort()

/**
 * @param {string} name
 * @param {RegExp} wanted
 * @param {(path: string, content: Buffer) => string} encode
 */
function pack(name, wanted, encode) {
  const files = paths.filter((path) => wanted.test(path))
  const content = files.map((path) => [path, encode(path, readFileSync(join(source, path)))])
  const text = Buffer.from(JSON.stringify(Object.fromEntries(content)))
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  })
  writeFileSync(join(target, name), packed)
  console.log(`${files.length} files, ${text.length} bytes, ${packed.length} bytes packed into ${join(target, name)}`)
}

pack('corpus.json.br', recorded, (path, content) => compact(path, content.toString('utf8')))
pack('saved.json.br', saved, (path, content) => content.toString(path.endsWith('.parquet') ? 'base64' : 'utf8'))
