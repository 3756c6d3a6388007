import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ParamError, PersistenceError } from '../errors.js'
import type { FileFormat } from '../sql/plan.js'
import type { SourceBatch, SourceContext, StreamSource } from '../sql/stream-source.js'
import type { Json, StructType } from '../sql/types.js'
import { rowRecord } from './memory-stream.js'
import { countOption, takeOptions } from './options.js'
import { pause } from './signal.js'

/** A file that was seen, as a line of the log; `batchId` is the offset at which it came. */
interface SeenFile {
  readonly path: string
  readonly timestamp: number
  readonly batchId: number
}

/** Milliseconds between two looks into the folder. */
const LOOK_AGAIN = 100
/** Each so many entries of the log one holds all before it, so that those can go. */
const COMPACT = 64

const offsetOf = (offset: Json): number => {
  if (offset === null) return -1
  const { logOffset } = offset as { logOffset?: unknown }
  return typeof logOffset === 'number' ? logOffset : -1
}

const toOffset = (logOffset: number): Json => ({ logOffset })

async function filesIn(folder: string, recursive: boolean): Promise<{ path: string; timestamp: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new PersistenceError('the folder of the stream cannot be read', { file: folder, cause })
  })
  const found: { path: string; timestamp: number }[] = []
  for (const entry of entries) {
    if (/^[._]/.test(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (recursive) found.push(...(await filesIn(path, recursive)))
    } else found.push({ path, timestamp: Math.floor((await stat(path)).mtimeMs) })
  }
  return found
}

/** A pattern of names such as `*.json` as a regular expression. */
const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

/**
 * New files of a folder (Spark's file source). Which files were seen is kept in the checkpoint, so each is read once, whatever its time. A file must
 * come whole: write it elsewhere and rename it.
 * Options: `maxFilesPerTrigger`, `latestFirst`, `pathGlobFilter`, `recursiveFileLookup`, and those of `read`.
 */
export async function fileSource(
  format: FileFormat,
  schema: StructType,
  given: ReadonlyMap<string, string>,
  { session, log }: SourceContext,
): Promise<StreamSource> {
  const { own, rest } = takeOptions(given, [
    'path',
    'maxfilespertrigger',
    'latestfirst',
    'pathglobfilter',
    'recursivefilelookup',
  ])
  const folder = resolve(own.get('path') as string)
  if (/[*?[{]/.test(folder)) {
    throw new ParamError('the path of a stream of files is a pattern', {
      stage: 'readStream',
      param: 'path',
      received: folder,
      hint: "Name the folder, and the files by option('pathGlobFilter', '*.json')",
    })
  }
  const most = countOption(own, 'maxfilespertrigger') ?? Number.POSITIVE_INFINITY
  const latestFirst = own.get('latestfirst') === 'true'
  const recursive = own.get('recursivefilelookup') === 'true'
  const pattern = own.has('pathglobfilter') ? globOf(own.get('pathglobfilter') as string) : undefined

  const seen = new Map<string, SeenFile>()
  for (const entry of await log.list()) {
    for (const line of ((await log.read(entry)) ?? '').split('\n')) {
      if (line === '') continue
      const file = JSON.parse(line) as SeenFile
      seen.set(file.path, file)
    }
  }
  let last = (await log.list()).at(-1) ?? -1
  let boundFiles: ReadonlySet<string> | undefined

  const fresh = async (): Promise<{ path: string; timestamp: number }[]> => {
    const files = (await filesIn(folder, recursive)).filter(
      ({ path }) =>
        !seen.has(path) &&
        (!pattern || pattern.test(path.slice(path.lastIndexOf('/') + 1))) &&
        (!boundFiles || boundFiles.has(path)),
    )
    files.sort((a, b) => a.timestamp - b.timestamp || (a.path < b.path ? -1 : 1))
    return latestFirst ? files.reverse() : files
  }
  const read = async (from: number, to: number): Promise<SourceBatch> => {
    const paths = [...seen.values()].filter(({ batchId }) => batchId > from && batchId <= to).map(({ path }) => path)
    const arrived = performance.now()
    const plan = await session.engine.scan({ format, paths, options: rest, schema })
    const table = await session.engine.toTable(plan)
    return {
      start: from < 0 ? null : toOffset(from),
      end: toOffset(to),
      table,
      arrived,
      record: (row) =>
        rowRecord(
          table,
          row,
          `row ${row} of ${paths.length === 1 ? paths[0] : `${paths.length} files, the first ${paths[0]}`}`,
        ),
    }
  }
  const look = async (): Promise<boolean> => {
    const files = (await fresh()).slice(0, most)
    if (files.length === 0) return false
    const next = last + 1
    for (const file of files) seen.set(file.path, { ...file, batchId: next })
    const lines = next % COMPACT === COMPACT - 1 ? [...seen.values()] : files.map(({ path }) => seen.get(path))
    await log.write(next, lines.map((line) => JSON.stringify(line)).join('\n'))
    if (next % COMPACT === COMPACT - 1) await log.purge(next)
    last = next
    return true
  }
  return {
    description: `FileStreamSource[file://${folder}]`,
    async next({ from, wait, signal }) {
      const start = offsetOf(from)
      const until = performance.now() + wait
      // Files that were logged, but not before the query ended.
      while (last <= start && !(await look())) {
        const left = until - performance.now()
        if (left <= 0 || signal.aborted) return undefined
        await pause(Math.min(left, LOOK_AGAIN), signal)
      }
      return read(start, last)
    },
    replay: (from, to) => read(offsetOf(from), offsetOf(to)),
    latest: () => (last < 0 ? null : toOffset(last)),
    async bound() {
      boundFiles = new Set((await fresh()).map(({ path }) => path))
    },
    async stop() {},
  }
}
