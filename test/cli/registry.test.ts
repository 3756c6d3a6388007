import { writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/command.js'
import { FakeRegistry } from '../tracking/fake-registry.js'
import { ridgeline, scratch } from './helper.js'

const fake = vi.hoisted(() => ({ registry: undefined as unknown as FakeRegistry, uris: [] as string[] }))
vi.mock('../../src/tracking/settings.js', () => ({
  currentClient: () => fake.registry.client,
  setTrackingUri: (uri: string) => fake.uris.push(uri),
}))
vi.mock('../../src/tracking/load-model.js', () => ({
  loadModel: (uri: string) => fake.registry.load({ version: uri.split('/').at(-1) } as never),
}))

const at = scratch()
/** Version 1 is the champion and wrong by 2, version 2 the challenger. */
const registryWith = (challenger: number) => {
  fake.registry = new FakeRegistry(2, challenger)
  fake.registry.aliases.set('champion', '1').set('challenger', '2')
}
beforeEach(() => {
  registryWith(1)
  writeFileSync(at('rides.csv'), 'x,label\n1,1\n2,2\n3,3\n')
})
const promote = (...more: string[]) =>
  ridgeline(['promote', 'rides', '--data', at('rides.csv'), '--gate', 'mae', ...more])

describe('promote', () => {
  it('tells what was decided, and how well each version did', async () => {
    const { code, out, err } = await promote('--by', 'ci')
    expect([code, err]).toEqual([EXIT.fine, ''])
    expect(out).toBe('version 2 is now "champion" of rides, after version 1\n  passed  mae 1 (champion 2)\n')
    expect(fake.registry.tags.get('2')).toMatchObject({ 'promotion.by': 'ci', validation_status: 'approved' })
    expect((await promote('--from', 'champion')).out).toBe('version 2 is "champion" of rides already\n')
  })

  it('has an exit code of its own for a refusal', async () => {
    registryWith(3)
    const { code, out } = await promote('--gate', 'r2>=0.5')
    expect(code).toBe(EXIT.refused)
    expect(out).toMatch(
      /^version 2 is refused; version 1 stays "champion" of rides\n {2}failed {2}mae 3 [(]champion 2[)]/,
    )
    expect(out).toMatch(
      /threshold 0[.]5[)]\n {2}because mae: 3 against the champion's 2 is a gain of -1; 0 or more is needed\n/,
    )
    const { out: json } = await promote('--json')
    expect(JSON.parse(json)).toMatchObject({ promoted: false, version: '2', previous: '1', checks: [{ name: 'mae' }] })
  })

  it('passes on what else it is told', async () => {
    expect((await promote('--min-change', '1.5')).code).toBe(EXIT.refused)
    expect((await promote('--min-relative-change', '0.6')).code).toBe(EXIT.refused)
    expect((await promote('--max-age', '48h')).out).toContain('because it was trained 3.0 days ago, more than 2')
    fake.registry.tags.set('2', {})
    expect((await promote('--dry-run')).out).toMatch(/^version 2 would become "champion"/)
    expect(fake.registry.tags.get('2')).toEqual({})
    expect((await promote('--to', 'Production', '--from', '2')).out).toContain('version 2 is now "Production" of rides')
    expect(await promote('--tracking-uri', 'http://127.0.0.1:1')).toMatchObject({ code: EXIT.fine })
    expect(fake.uris).toEqual(['http://127.0.0.1:1'])
  })

  it.each<[string[], number, RegExp]>([
    [['--gate', 'rsme'], EXIT.usage, /metric "rsme". Known metrics: .*rmse/],
    [['--gate', 'rmse>=2'], EXIT.usage, /better when it is smaller: rmse<=2/],
    [['--gate', 'r2<=0.5'], EXIT.usage, /better when it is larger: r2>=0.5/],
    [['--gate', 'rmse<=x'], EXIT.usage, /--gate is "x". Allowed: a number/],
    [['--gate', 'rmse < 2'], EXIT.usage, /Allowed: METRIC, METRIC<=NUMBER/],
    [['--max-age', 'old'], EXIT.usage, /30d or 12h/],
    [['--from', 'nobody'], EXIT.badInput, /Known aliases: champion, challenger/],
    [['--label', 'price'], EXIT.badInput, /price/],
  ])('refuses %j', async (more, code, message) => {
    const ran = await promote(...more)
    expect(ran.err).toMatch(message)
    expect(ran.code).toBe(code)
  })
})

describe('rollback', () => {
  it('takes a promotion back, once', async () => {
    await promote()
    expect(await ridgeline(['rollback', 'rides'])).toEqual({
      code: EXIT.fine,
      out: 'version 1 is "champion" of rides again, after version 2 was taken back\n',
      err: '',
    })
    expect((await ridgeline(['rollback', 'rides'])).out).toContain('already, since version 2 was taken back')
    expect(JSON.parse((await ridgeline(['rollback', 'rides', '--json'])).out)).toMatchObject({ changed: false })
  })

  it('says why it cannot', async () => {
    const { code, err } = await ridgeline(['rollback', 'rides'])
    expect([code, err]).toEqual([EXIT.failed, expect.stringContaining('was not promoted there by promote()')])
  })
})

describe('models', () => {
  it('lists models, versions, and tells an age', async () => {
    await promote()
    expect((await ridgeline(['models'])).out).toBe('model  aliases     updated\nrides  champion=2  1970-01-01\n')
    const { out } = await ridgeline(['models', 'rides'])
    expect(out).toMatch(
      /^version {2}aliases {3}stage {2}made {8}validation {2}decision\n2 {8}champion .* approved {4}promoted\n1 /,
    )
    expect((await ridgeline(['models', 'rides', '--max-age', '4d'])).code).toBe(EXIT.fine)
    const old = await ridgeline(['models', 'rides', '--max-age', '2', '--at', '1'])
    expect([old.code, old.out]).toEqual([EXIT.refused, 'version 1 of rides was trained 3.0 days ago, more than 2\n'])
  })

  it.each<[string[], number, RegExp]>([
    [['other'], EXIT.badInput, /model other/],
    [['--max-age', '3'], EXIT.usage, /needs the NAME/],
    [['rides', '--at', '1'], EXIT.usage, /goes with --max-age/],
  ])('refuses %j', async (more, code, message) => {
    expect(await ridgeline(['models', ...more])).toMatchObject({ code, err: expect.stringMatching(message) })
  })
})

describe('register', () => {
  it('makes a version of what was logged, with aliases and tags', async () => {
    const more = ['--alias', 'challenger', '--tag', 'team=rides', '--description', 'a try']
    const { code, out } = await ridgeline(['register', 'models:/m-1', 'rides', ...more])
    expect([code, out]).toEqual([EXIT.fine, 'models:/m-1 is now version 3 of rides (challenger)\n'])
    expect(fake.registry.aliases.get('challenger')).toBe('3')
    expect(fake.registry.tags.get('3')).toMatchObject({ team: 'rides', description: 'a try' })
  })

  it('refuses what is no model', async () => {
    expect(await ridgeline(['register', at('none.json'), 'rides'])).toMatchObject({ code: EXIT.badInput })
    expect(await ridgeline(['register', 'models:/m-1', 'rides', '--tag', 'x'])).toMatchObject({ code: EXIT.usage })
  })
})
