import { beforeEach, describe, expect, it } from 'vitest'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import { createDataFrame } from '../../src/sql/session.js'
import type { Gate } from '../../src/tracking/gate.js'
import { MlflowError } from '../../src/tracking/mlflow-error.js'
import { modelAge } from '../../src/tracking/model-age.js'
import { type PromoteOptions, promote } from '../../src/tracking/promotion.js'
import { rollback } from '../../src/tracking/rollback.js'
import { FakeRegistry } from './fake-registry.js'

/** Sums of squares round. */
const near = (x: number) => expect.closeTo(x, 12)
const data = createDataFrame([1, 2, 3].map((x) => ({ x, label: x })))
const rmse: Gate = { evaluator: new RegressionEvaluator({ metricName: 'rmse' }) }

let registry: FakeRegistry
const promotion = (options: Partial<PromoteOptions> = {}) =>
  promote({ model: 'rides', data, gate: rmse, by: 'ci', client: registry.client, load: registry.load, ...options })
const back = (options = {}) => rollback('rides', { client: registry.client, by: 'ci', ...options })
const tag = (version: string, key: string) => registry.tags.get(version)?.[key]

/** Version 1 is the champion and wrong by 2, version 2 is the challenger. */
const registryWith = (challenger: number): FakeRegistry => {
  const made = new FakeRegistry(2, challenger)
  made.aliases.set('champion', '1').set('challenger', '2')
  return made
}
beforeEach(() => {
  registry = registryWith(1)
})

describe('promote', () => {
  it('gives the alias to a candidate that is better, and tells both why', async () => {
    const decision = await promotion()
    expect(decision).toMatchObject({
      promoted: true,
      changed: true,
      version: '2',
      previous: '1',
      reasons: [],
      by: 'ci',
    })
    expect(decision.checks).toMatchObject([
      { name: 'rmse', candidate: near(1), champion: near(2), improvement: near(1), passed: true },
    ])
    expect(Object.fromEntries(registry.aliases)).toEqual({ champion: '2' })
    expect(registry.tags.get('2')).toMatchObject({
      validation_status: 'approved',
      'promotion.decision': 'promoted',
      'promotion.from': 'challenger',
      'promotion.to': 'champion',
      'promotion.by': 'ci',
      'promotion.previous_version': '1',
      'promotion.checks': expect.stringContaining('"champion":1.9'),
      'promotion.time': decision.time,
    })
    expect(registry.tags.get('1')).toMatchObject({
      'promotion.replaced_by': '2',
      'promotion.archived_at': expect.any(String),
    })
  })

  it('refuses one that is worse, and leaves the champion', async () => {
    registry = registryWith(3)
    expect(await promotion()).toMatchObject({
      promoted: false,
      changed: false,
      reasons: [expect.stringContaining('rmse')],
    })
    expect(Object.fromEntries(registry.aliases)).toEqual({ champion: '1', challenger: '2' })
    expect(registry.tags.get('2')).toMatchObject({ validation_status: 'rejected', 'promotion.decision': 'refused' })
    expect(registry.tags.get('1')).toEqual({})
  })

  it.each<[string, Partial<Gate>, number, boolean]>([
    ['as good as the champion', {}, 2, true],
    ['a little worse, where that is allowed', { minAbsoluteChange: -0.5 }, 2.4, true],
    ['too little better', { minAbsoluteChange: 1.5 }, 1, false],
    ['better by half', { minRelativeChange: 0.5 }, 1, true],
    ['better by less than half', { minRelativeChange: 0.51 }, 1, false],
    ['at the threshold', { threshold: 1 }, 1, true],
    ['above the threshold', { threshold: 0.9 }, 1, false],
    ['not a number', {}, Number.NaN, false],
    [
      'below the threshold of r2, where more is better',
      { evaluator: new RegressionEvaluator({ metricName: 'r2' }), threshold: 0.9 },
      1,
      false,
    ],
    [
      'above the threshold of r2',
      { evaluator: new RegressionEvaluator({ metricName: 'r2' }), threshold: 0.9 },
      0.1,
      true,
    ],
  ])('decides about a candidate that is %s', async (_, gate, error, promoted) => {
    registry = registryWith(error)
    expect((await promotion({ gate: { ...rmse, ...gate } })).promoted).toBe(promoted)
  })

  it('needs every gate, names them, and takes a first version without a champion', async () => {
    registry.aliases.delete('champion')
    const mae = { evaluator: new RegressionEvaluator({ metricName: 'mae' }), name: 'error', threshold: 0.5 }
    const refused = await promotion({ gate: [rmse, mae] })
    expect(refused.reasons).toEqual(['error: 1 is above the threshold 0.5'])
    expect(await promotion({ gate: [rmse, { ...mae, threshold: 1 }] })).toMatchObject({ promoted: true, changed: true })
    expect(tag('2', 'promotion.previous_version')).toBe('none')
  })

  it('refuses a candidate that is too old', async () => {
    expect((await promotion({ maxAgeDays: 2 })).reasons).toEqual(['it was trained 3.0 days ago, more than 2'])
    expect((await promotion({ maxAgeDays: 4 })).promoted).toBe(true)
    expect(await modelAge('rides', { client: registry.client })).toMatchObject({
      version: '2',
      days: expect.closeTo(3, 3),
    })
  })

  it('writes nothing in a dry run', async () => {
    const before = registry.state()
    expect(await promotion({ dryRun: true })).toMatchObject({ promoted: true, changed: false })
    expect(registry.state()).toEqual(before)
  })

  it('takes stages, numbers and the latest version', async () => {
    registry.stages.set('1', 'Production').set('2', 'Staging')
    expect(await promotion({ from: 'staging', to: 'Production' })).toMatchObject({ promoted: true, previous: '1' })
    expect(Object.fromEntries(registry.stages)).toEqual({ 1: 'Archived', 2: 'Production' })
    expect(await back({ to: 'production' })).toMatchObject({ version: '1', from: '2', changed: true })
    expect(Object.fromEntries(registry.stages)).toEqual({ 1: 'Production', 2: 'Archived' })
    expect((await promotion({ from: 2, to: 'best' })).version).toBe('2')
    expect((await promotion({ from: 'latest', to: 'newest' })).version).toBe('2')
  })

  it('does nothing for the version that is there', async () => {
    await promotion()
    const before = registry.state()
    expect(await promotion({ from: 'champion' })).toMatchObject({ promoted: true, changed: false, checks: [] })
    expect(registry.state()).toEqual(before)
  })

  it.each<[string, Partial<PromoteOptions>, RegExp]>([
    ['an unknown alias', { from: 'nobody' }, /no version at "nobody".*Known aliases: champion, challenger/],
    ['an unknown version', { from: 9 }, /9/],
    ['no gate', { gate: [] }, /no gate/],
    ['two gates of one name', { gate: [rmse, rmse] }, /two gates have the name "rmse"/],
    ['a threshold that is none', { gate: { ...rmse, threshold: Number.NaN } }, /threshold of gate "rmse" is NaN/],
  ])('refuses %s', async (_, options, message) => {
    await expect(promotion(options)).rejects.toThrow(message)
    await expect(promotion(options)).rejects.toThrow(MlflowError)
  })
})

describe('rollback', () => {
  it('gives the alias back, tells why, and does so once', async () => {
    await promotion()
    expect(await back()).toEqual({ model: 'rides', to: 'champion', version: '1', from: '2', changed: true })
    expect(registry.aliases.get('champion')).toBe('1')
    expect(registry.tags.get('2')).toMatchObject({ validation_status: 'rejected', 'promotion.decision': 'rolled back' })
    expect(registry.tags.get('1')).toEqual({ 'promotion.restored_from': '2', 'promotion.by': 'ci' })
    const before = registry.state()
    expect(await back()).toEqual({ model: 'rides', to: 'champion', version: '1', from: '2', changed: false })
    expect(registry.state()).toEqual(before)
  })

  it('goes back one promotion only, and works again after the next', async () => {
    registry = new FakeRegistry(3, 2, 1)
    registry.aliases.set('champion', '1')
    await promotion({ from: 2 })
    await promotion({ from: 3 })
    expect((await back()).version).toBe('2')
    expect((await back()).version).toBe('2')
    await promotion({ from: 3 })
    expect(await back()).toMatchObject({ version: '2', from: '3', changed: true })
  })

  it('says why it cannot', async () => {
    await expect(back()).rejects.toThrow(/it was not promoted there by promote/)
    await expect(back({ to: 'nobody' })).rejects.toThrow(/no version at "nobody"/)
    registry.aliases.delete('champion')
    await promotion()
    await expect(back()).rejects.toThrow(/nobody was there before it/)
    registry = registryWith(1)
    await promotion()
    registry.tags.delete('1')
    await expect(back()).rejects.toThrow(/version 1, which was there before it, was deleted/)
  })
})

describe('at the same time', () => {
  it('another promotion: the candidate is compared with the new champion', async () => {
    registry = new FakeRegistry(2, 1, 0.5)
    registry.aliases.set('champion', '1').set('challenger', '2')
    registry.onCall = (name) => {
      if (name === 'setModelVersionTag') registry.aliases.set('champion', '3')
    }
    expect(await promotion()).toMatchObject({ promoted: false, previous: '3' })
    expect(registry.aliases.get('champion')).toBe('3')
  })

  it('another one, right after: an error tells', async () => {
    registry.onCall = (name) => {
      if (name === 'setRegisteredModelAlias') queueMicrotask(() => registry.aliases.set('champion', '1'))
    }
    await expect(promotion()).rejects.toMatchObject({ errorCode: 'RESOURCE_CONFLICT' })
  })

  it('a promotion during a rollback: the promotion stays', async () => {
    registry = new FakeRegistry(2, 1, 0.5)
    registry.aliases.set('champion', '1').set('challenger', '2')
    await promotion()
    registry.onCall = (name) => {
      if (name === 'setModelVersionTag') registry.aliases.set('champion', '3')
    }
    await expect(back()).rejects.toMatchObject({ errorCode: 'RESOURCE_CONFLICT' })
    expect(registry.aliases.get('champion')).toBe('3')
    expect(tag('1', 'promotion.restored_from')).toBeUndefined()
  })
})

it.each(['promote', 'rollback'])('a %s that is interrupted anywhere, and made again, ends the same', async (what) => {
  const work = () => (what === 'promote' ? promotion() : back())
  const fresh = async (): Promise<void> => {
    registry = registryWith(1)
    if (what === 'rollback') await promotion()
    registry.calls = 0
  }
  await fresh()
  await work()
  const wanted = registry.state()
  const calls = registry.calls
  expect(calls).toBeGreaterThan(10)
  for (let at = 1; at <= calls; at++) {
    await fresh()
    registry.onCall = (_, count) => {
      if (count >= at) throw new Error('the process is dead')
    }
    await expect(work()).rejects.toThrow('dead')
    registry.onCall = () => undefined
    await work()
    expect(registry.state(), `interrupted in call ${at}`).toEqual(wanted)
  }
})
