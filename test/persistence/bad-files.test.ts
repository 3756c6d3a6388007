import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PersistenceError, UnsupportedError } from '../../src/errors.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { load } from '../../src/persistence/load.js'
import { PipelineModel } from '../../src/pipeline/pipeline.js'
import { writeFolderAtomic } from '../../src/util/atomic-write.js'
import { Learned, Settings, toys } from './toy.js'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  path = join(folder, 'settings.json')
})
afterEach(() => rm(folder, { recursive: true }))

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('was accepted'),
    (error: Error) => error,
  )
}

/** Saves a stage, changes its text, and gives the error of loading it. */
async function altered(change: (text: string) => string): Promise<Error> {
  await new Settings({ text: 'hello' }, 'Settings_1').write().overwrite().save(path)
  await writeFile(path, change(await readFile(path, 'utf8')))
  return failure(load(path, toys))
}
const edited =
  (change: (document: Record<string, unknown>) => void) =>
  (text: string): string => {
    const document = JSON.parse(text) as Record<string, unknown>
    change(document)
    return JSON.stringify(document)
  }

describe('loading refuses', () => {
  it('a path where nothing is', async () => {
    const error = await failure(load(join(folder, 'none.json')))
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toContain('nothing is saved')
  })

  it('a folder that holds no stage', async () => {
    await mkdir(join(folder, 'spark'))
    const error = await failure(load(join(folder, 'spark')))
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toContain('metadata')
  })

  it('a truncated file, wherever it ends', async () => {
    await new Settings({ text: 'hello' }).save(path)
    const text = (await readFile(path, 'utf8')).trimEnd()
    for (let length = 1; length < text.length; length += 7) {
      await writeFile(path, text.slice(0, length))
      expect(await failure(load(path, toys))).toBeInstanceOf(PersistenceError)
    }
  })

  it('a truncated file, and says that it is', async () => {
    expect((await altered((text) => text.slice(0, -20))).message).toContain('is truncated')
  })

  it('an empty file and a file of another kind', async () => {
    for (const text of ['', 'PK\u0003\u0004', '[1, 2]', '"text"', 'null', '{"class":"test.Settings"}']) {
      await writeFile(path, text)
      expect(await failure(load(path, toys)), text).toBeInstanceOf(PersistenceError)
    }
  })

  it('a newer format', async () => {
    const error = await altered(
      edited((document) => Object.assign(document, { formatVersion: 2, libraryVersion: '9.0.0' })),
    )
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toMatch(/format version 2.*Update ridgeline.*9\.0\.0/)
  })

  it('a file whose content was altered, unless told otherwise', async () => {
    const error = await altered((text) => text.replace('hello', 'jello'))
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toContain('altered')
    const loaded = (await load(path, { ...toys, verify: false })) as Settings
    expect(loaded.getText()).toBe('jello')
  })

  it('content that no stage can have', async () => {
    const broken: Record<string, (stage: Record<string, never>) => void> = {
      'a value outside its constraint': (stage) => Object.assign(stage.params, { count: 0.5 }),
      'a value of another type': (stage) => Object.assign(stage.params, { text: { a: 1 } }),
      'an unknown parameter': (stage) => Object.assign(stage.params, { wrong: 1 }),
      'a prototype as a parameter': (stage) =>
        Object.defineProperty(stage.params, '__proto__', { value: 1, enumerable: true }),
      'a seed beyond 64 bits': (stage) => Object.assign(stage.params, { seed: '9223372036854775808' }),
      'no uid': (stage) => Object.assign(stage, { uid: '' }),
      'no class': (stage) => Object.assign(stage, { class: 7 }),
      'another class': (stage) => Object.assign(stage, { class: 'test.Nothing' }),
      'parameters that are an array': (stage) => Object.assign(stage, { params: [] }),
      'lost state': (stage) => Object.assign(stage, { class: 'test.Learned' }),
    }
    for (const [what, change] of Object.entries(broken)) {
      await altered(edited((document) => change(document.stage as Record<string, never>)))
      expect(await failure(load(path, { ...toys, verify: false })), what).toBeInstanceOf(PersistenceError)
    }
  })

  it('a file of another class, and names both', async () => {
    await new Settings().save(path)
    const error = await failure(Learned.load(path, toys))
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toMatch(/holds a Settings, not a Learned/)
  })

  it('a class of the user that was not passed, and says how', async () => {
    await new Settings().save(path)
    expect((await failure(load(path))).message).toContain('classes: [MyStage]')
  })
})

describe('saving', () => {
  it('refuses a path that exists, and replaces it when told to', async () => {
    await new Settings({ text: 'old' }).save(path)
    const error = await failure(new Settings({ text: 'new' }).save(path))
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toContain('overwrite()')
    expect(((await load(path, toys)) as Settings).getText()).toBe('old')
    await new Settings({ text: 'new' }).write().overwrite().save(path)
    expect(((await load(path, toys)) as Settings).getText()).toBe('new')
  })

  it('refuses an unknown format', () => {
    expect(() => new Settings().write().format('pickle')).toThrow(UnsupportedError)
  })

  it('leaves nothing beside the file', async () => {
    await new Settings().save(path)
    await new Settings().write().overwrite().save(path)
    expect(await readdir(folder)).toEqual(['settings.json'])
  })

  it('keeps the old folder when filling fails', async () => {
    const target = join(folder, 'model')
    await writeFolderAtomic(target, (inside) => writeFile(join(inside, 'part'), 'old'))
    const failing = writeFolderAtomic(target, async (inside) => {
      await writeFile(join(inside, 'part'), 'half')
      throw new Error('disk full')
    })
    await expect(failing).rejects.toThrow('disk full')
    expect(await readdir(folder)).toEqual(['model'])
    expect(await readFile(join(target, 'part'), 'utf8')).toBe('old')
  })
})

describe('a path that is none', () => {
  it.each(['', 3, null, undefined])('%j', async (none) => {
    for (const work of [load(none as never), new Settings().save(none as never)]) {
      const error = (await failure(work)) as PersistenceError
      expect(error).toBeInstanceOf(PersistenceError)
      expect(error.details).toMatchObject({ param: 'path', received: none === '' ? '""' : String(none) })
    }
  })

  it('a folder to write', async () => {
    const error = (await failure(new Settings().write().overwrite().save(folder))) as PersistenceError
    expect(error).toBeInstanceOf(PersistenceError)
    expect(error.message).toContain('it is a folder')
    expect(await readdir(folder)).toEqual([])
  })
})

it.each([0, -1, 1.5, null, '1'])('the format version %j is none', async (formatVersion) => {
  const error = await altered(edited((document) => Object.assign(document, { formatVersion })))
  expect(error).toBeInstanceOf(PersistenceError)
  expect(error.message).toContain('no format version')
})

it('an option of load that does not exist is refused, and the nearest one named', async () => {
  const options = { ...toys, verfy: false }
  const error = await failure(load(path, options))
  expect(error).toMatchObject({ code: 'PARAM' })
  expect((error as Error).message).toContain('Did you mean "verify"?')
})

describe('a file that means harm', () => {
  const refused = async (text: string): Promise<Error> => {
    await writeFile(path, text)
    return failure(load(path, { ...toys, verify: false }))
  }
  const head = '{"format":"ridgeline","formatVersion":1,"libraryVersion":"0.1.0","stage":'

  it('that is nested very deeply is refused, wherever it is', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    for (const text of [
      deep,
      `${head}${deep}}`,
      `${head}{"class":"test.Settings","uid":"a","params":{"texts":${deep}}}}`,
    ]) {
      const error = await refused(text)
      expect(error).toBeInstanceOf(PersistenceError)
      expect(error.message.length).toBeLessThan(1000)
    }
  })

  it('that has stages in stages without end is refused', async () => {
    let stage = '{"class":"org.apache.spark.ml.PipelineModel","uid":"p","state":{"stages":[]}}'
    for (let i = 0; i < 150; i++)
      stage = `{"class":"org.apache.spark.ml.PipelineModel","uid":"p${i}","state":{"stages":[${stage}]}}`
    expect((await refused(`${head}${stage}}`)).message).toContain('nested deeper than 100 levels')
  })

  it('that has a very long name is refused in a short sentence, soon', async () => {
    const long = 'A'.repeat(5_000_000)
    const started = performance.now()
    const errors = [
      await refused(`${head}{"class":"${long}","uid":"a"}}`),
      await refused(`${head}{"class":"test.Settings","uid":"a","params":{"${long}":1}}}`),
      await refused(`${head}{"class":"test.Settings","uid":"a","params":{"count":"${long}"}}}`),
      await refused(`${head}{"class":"test.Settings","uid":"a","params":{"count":[${'1,'.repeat(1_000_000)}1]}}}`),
    ]
    for (const error of errors) {
      expect(error).toBeInstanceOf(PersistenceError)
      expect(error.message.length).toBeLessThan(1500)
    }
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('that is longer than any document is not read', async () => {
    await writeFile(path, '{')
    await truncate(path, 3_000_000_000)
    expect((await failure(load(path))).message).toContain('has 3000000000 bytes')
  })

  it.skipIf(process.platform === 'win32')('that never ends, because it is a device, is not read', async () => {
    expect((await failure(load('/dev/zero'))).message).toContain('is no file')
  })

  it('whose stages are named like paths writes nothing elsewhere when it becomes a folder', async () => {
    for (const uid of ['a/../../../escaped', '..\\escaped', 'a\0b']) {
      const error = await failure(
        new PipelineModel({ stages: [new VectorAssembler({}, uid)] })
          .write()
          .format('spark')
          .save(join(folder, 'model')),
      )
      expect(error).toBeInstanceOf(PersistenceError)
      expect(await readdir(folder)).toEqual([])
    }
  })
})
