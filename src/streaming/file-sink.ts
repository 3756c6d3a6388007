import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ParamError } from '../errors.js'
import type { FileFormat } from '../sql/plan.js'
import { writeFileAtomic } from '../util/atomic-write.js'
import { takeOptions } from './options.js'
import type { StreamSink } from './sink.js'

/** Folder of the log of files, as Spark's readers know it. */
const LOG = '_spark_metadata'
/** Each so many entries of the log one holds all before it; Spark's readers count on this number. */
const COMPACT = 10

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries
      .filter(({ name }) => !/^[._]/.test(name))
      .map((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)])),
  )
  return found.flat()
}

/**
 * Files of a folder, one or more a micro-batch, each under a name that tells query and micro-batch. They take their names in one step and are then
 * entered in a log (`_spark_metadata`, which Spark reads): a micro-batch that comes again after a crash replaces its own files.
 */
export async function fileSink(
  format: FileFormat,
  given: ReadonlyMap<string, string>,
  partitionBy: readonly string[],
  queryId: string,
): Promise<StreamSink> {
  const { own, rest } = takeOptions(given, ['path'])
  const path = own.get('path')
  if (!path) {
    throw new ParamError('the path of the files is missing', {
      stage: 'writeStream',
      param: 'path',
      hint: "Name the folder: writeStream.format('parquet').start('predictions')",
    })
  }
  const folder = resolve(path)
  const log = join(folder, LOG)
  await mkdir(log, { recursive: true })
  const logged = (await readdir(log)).map((name) => Number.parseInt(name, 10)).filter((id) => id >= 0)
  let last = Math.max(-1, ...logged)
  const marker = `-${queryId}-b`
  const batchOfFile = (file: string): number =>
    Number.parseInt(file.slice(file.lastIndexOf(marker) + marker.length), 10)
  for (const file of await filesBelow(folder)) {
    // What a micro-batch left that was not entered: it comes again.
    if (file.includes(marker) && batchOfFile(file) > last) await rm(file)
  }
  const aside = join(folder, '_temporary')
  await rm(aside, { recursive: true, force: true })

  const entriesOf = async (batchId: number): Promise<string[]> => {
    const compact = batchId % COMPACT === COMPACT - 1
    const text = await readFile(join(log, compact ? `${batchId}.compact` : String(batchId)), 'utf8')
    return text
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
  }
  const enter = async (batchId: number, lines: readonly string[]): Promise<void> => {
    const compact = batchId % COMPACT === COMPACT - 1
    const before: string[] = []
    if (compact) {
      for (let id = Math.max(0, batchId - COMPACT); id < batchId; id++) before.push(...(await entriesOf(id)))
    }
    const name = compact ? `${batchId}.compact` : String(batchId)
    await writeFileAtomic(join(log, name), ['v1', ...before, ...lines].join('\n'))
  }
  return {
    description: `FileSink[${folder}]`,
    async write({ batchId, frame, table }) {
      if (batchId <= last) return
      // Spark's log has no gaps.
      for (let id = last + 1; id < batchId; id++) await enter(id, [])
      const lines: string[] = []
      if (table.length > 0) {
        const temporary = join(aside, String(batchId))
        await rm(temporary, { recursive: true, force: true })
        const request = { format, path: temporary, options: rest, mode: 'error' as const, partitionBy }
        await frame.session.engine.write(frame.plan, request)
        const files = (await filesBelow(temporary)).sort()
        for (const [k, file] of files.entries()) {
          const [, extension = ''] = /^[^.]*(\..*)$/.exec(file.slice(file.lastIndexOf('/') + 1)) ?? []
          const part = `part-${String(k).padStart(5, '0')}${marker}${batchId}${extension}`
          const target = join(folder, dirname(relative(temporary, file)), part)
          await mkdir(dirname(target), { recursive: true })
          await rename(file, target)
          lines.push(await entry(target))
        }
        await rm(temporary, { recursive: true, force: true })
      }
      await enter(batchId, lines)
      last = batchId
    },
    async stop() {
      await rm(aside, { recursive: true, force: true })
    },
  }
}

/** A line of Spark's log. */
async function entry(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  return JSON.stringify({
    path: pathToFileURL(file).href,
    size,
    isDir: false,
    modificationTime: Math.floor(mtimeMs),
    blockReplication: 1,
    blockSize: 33_554_432,
    action: 'add',
  })
}
