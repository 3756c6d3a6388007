import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { load } from '../../src/persistence/load.js'
import { Settings, toys } from './toy.js'

/** Where the file system fails; after `death` nothing works any more, as when the process was killed. */
const fault = vi.hoisted(() => ({ at: '', death: false, dead: false }))

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const step =
    <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (fault.dead) throw new Error('the process is dead')
      if (fault.at === name) {
        fault.dead = fault.death
        throw new Error(`disk failed in ${name}`)
      }
      return work(...args)
    }
  const open = step('open', async (...args: Parameters<typeof real.open>) => {
    const file = await real.open(...args)
    const half = step('writeFile', (content: string) => file.writeFile(content))
    return {
      // Half of the content reaches the disk before the failure.
      writeFile: async (content: string) => {
        if (fault.at === 'writeFile') await file.writeFile(content.slice(0, content.length / 2))
        await half(content)
      },
      sync: step('sync', () => file.sync()),
      close: () => file.close(),
    }
  })
  return { ...real, open, rename: step('rename', real.rename), rm: step('rm', real.rm) }
})

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  path = join(folder, 'settings.json')
  await new Settings({ text: 'old' }).save(path)
})
afterEach(async () => {
  Object.assign(fault, { at: '', death: false, dead: false })
  await rm(folder, { recursive: true })
})

const STEPS = ['open', 'writeFile', 'sync', 'rename']

describe('an interrupted save', () => {
  for (const at of STEPS) {
    it(`that fails in ${at} leaves the old file and nothing else`, async () => {
      fault.at = at
      await expect(new Settings({ text: 'new' }).write().overwrite().save(path)).rejects.toThrow(`disk failed in ${at}`)
      fault.at = ''
      expect(await readdir(folder)).toEqual(['settings.json'])
      expect(((await load(path, toys)) as Settings).getText()).toBe('old')
    })

    it(`that dies in ${at} leaves the old file whole`, async () => {
      Object.assign(fault, { at, death: true })
      await expect(new Settings({ text: 'new' }).write().overwrite().save(path)).rejects.toThrow()
      Object.assign(fault, { at: '', dead: false })
      expect(((await load(path, toys)) as Settings).getText()).toBe('old')
      await new Settings({ text: 'new' }).write().overwrite().save(path)
      expect(((await load(path, toys)) as Settings).getText()).toBe('new')
    })
  }
})
