import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import type { Recorded, RecordedObject } from '../helpers/compare.js'

export interface RecordedColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly metadata: RecordedObject
}
export interface RecordedInput {
  readonly dataset: string
  readonly partitions: number
}
export interface RecordedError {
  readonly type: string
  readonly message: string
}

/** One `case.json`: what real Spark was asked, and what it answered. */
export interface GoldenCase {
  readonly id: string
  readonly class: string
  readonly kind: 'estimator' | 'transformer' | 'function'
  readonly uid?: string
  readonly scalaClass?: string
  readonly params?: RecordedObject
  readonly input: RecordedInput
  readonly test?: RecordedInput
  readonly note?: string
  readonly modelClass?: string
  readonly modelUid?: string
  readonly model?: RecordedObject
  readonly extra?: RecordedObject
  readonly output?: { readonly columns: RecordedColumn[]; readonly rows: number }
  readonly error?: RecordedError
  readonly transformError?: RecordedError
  readonly result?: Recorded
}

/** `datasets/<name>.schema.json`, as far as it is used. */
export interface DatasetSchema {
  readonly columns: RecordedColumn[]
  readonly sparkSchema: Recorded
}

const unpack = (name: string): Record<string, string> =>
  JSON.parse(brotliDecompressSync(readFileSync(fileURLToPath(new URL(`./data/${name}`, import.meta.url)))).toString())
const isParquet = (path: string): boolean => path.endsWith('.parquet')

/** Reads recorded cases: text files by path, from a directory or from the packed file of the repository. */
export class Corpus {
  readonly paths: readonly string[]
  private readonly text: (path: string) => string
  private readonly makeSaved: () => ReadonlyMap<string, Uint8Array>
  private savedFiles: ReadonlyMap<string, Uint8Array> | undefined

  private constructor(
    paths: readonly string[],
    text: (path: string) => string,
    saved: () => ReadonlyMap<string, Uint8Array>,
  ) {
    this.paths = [...paths].sort()
    this.text = text
    this.makeSaved = saved
  }

  /** Files of the stages that Spark saved, by path: `cases/<id>/model/metadata/part-00000…`. */
  get saved(): ReadonlyMap<string, Uint8Array> {
    this.savedFiles ??= this.makeSaved()
    return this.savedFiles
  }

  /** The corpus of the directory that `RIDGELINE_GOLDEN` names, else the packed one. */
  static open(directory = process.env.RIDGELINE_GOLDEN): Corpus {
    if (!directory) {
      const files = unpack('corpus.json.br')
      const saved = () =>
        new Map(
          Object.entries(unpack('saved.json.br')).map(([path, content]) => [
            path,
            new Uint8Array(Buffer.from(content, isParquet(path) ? 'base64' : 'utf8')),
          ]),
        )
      return new Corpus(Object.keys(files), (path) => files[path], saved)
    }
    if (!existsSync(directory)) throw new Error(`RIDGELINE_GOLDEN names ${directory}, which does not exist`)
    const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'))
    const saved = () =>
      new Map(
        paths
          .filter((path) => /\/part-[^/]+$/.test(path))
          .map((path) => [path, new Uint8Array(readFileSync(join(directory, path)))]),
      )
    return new Corpus(paths, (path) => readFileSync(join(directory, path), 'utf8'), saved)
  }

  private json<T>(path: string): T {
    return JSON.parse(this.text(path)) as T
  }

  private lines(path: string): RecordedObject[] {
    return this.text(path)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as RecordedObject)
  }

  cases(): GoldenCase[] {
    return this.paths.filter((path) => /^cases\/.*\/case\.json$/.test(path)).map((path) => this.json<GoldenCase>(path))
  }

  /** Rows that Spark's model made; absent where it raised an error. */
  output(id: string): RecordedObject[] | undefined {
    const path = `cases/${id}/output.jsonl`
    return this.paths.includes(path) ? this.lines(path) : undefined
  }

  rows(dataset: string): RecordedObject[] {
    return this.lines(`datasets/${dataset}.jsonl`)
  }

  schema(dataset: string): DatasetSchema {
    return this.json(`datasets/${dataset}.schema.json`)
  }

  /** Names of the recordings of random machinery. */
  randomNames(): string[] {
    return this.paths.flatMap((path) => /^random\/(.+)\.json$/.exec(path)?.[1] ?? [])
  }

  random(name: string): RecordedObject {
    return this.json(`random/${name}.json`)
  }
}
