import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RidgelineError } from '../../../src/errors.js'
import type { DataFrame } from '../../../src/sql/dataframe.js'
import { read } from '../../../src/sql/session.js'
import { type Json, rowsOf, sorted } from './values.js'

interface Case {
  readonly name: string
  readonly format: 'csv' | 'json' | 'text'
  readonly path?: string
  readonly schema?: string
  readonly options?: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}
interface Answer {
  readonly name: string
  readonly refused?: boolean
  readonly schema?: readonly (readonly [name: string, type: string])[]
  readonly rows?: readonly (readonly Json[])[]
}

const json = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(new URL(`data/${name}`, import.meta.url), 'utf8')) as T
const cases = await json<Case[]>('files.json')
const answers = await json<Answer[]>('files-spark.json')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function readCase({ name, format, path = '', schema, options = {}, files }: Case): Promise<DataFrame> {
  const base = join(folder, name.replaceAll(' ', '-'))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(base, file)), { recursive: true })
    await writeFile(join(base, file), text)
  }
  const reader = schema === undefined ? read : read.schema(schema)
  return reader.options(options)[format](join(base, path))
}

describe('files are read as Spark 4.0.1 reads them', () => {
  for (const [k, answer] of answers.entries()) {
    test(answer.name, async () => {
      expect(cases[k].name).toBe(answer.name)
      if (answer.refused) {
        await expect(readCase(cases[k]).then((df) => df.collect())).rejects.toThrow(RidgelineError)
        return
      }
      const df = await readCase(cases[k])
      expect(df.dtypes).toEqual(answer.schema)
      expect(sorted(rowsOf(df.schema, await df.collect()))).toEqual(sorted(answer.rows!))
    })
  }
})
