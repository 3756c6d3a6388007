import { LinearRegression, ParamError, ParamGridBuilder, ParamMap } from 'ridgeline'
import { describe, expect, it } from 'vitest'

const lr = new LinearRegression({}, 'lr')

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(ParamError)
    return (error as ParamError).message
  }
  return expect.fail('was accepted')
}

describe('ParamMap', () => {
  it('refuses a value when it is put', () => {
    expect(refusal(() => new ParamMap().put(lr.regParam, -1))).toMatchInlineSnapshot(
      `"lr: parameter "regParam" is -1. Allowed: a number in [0, inf). Leave it unset for the default, 0."`,
    )
    expect(refusal(() => new ParamMap([{ param: lr.maxIter, value: 0.5 }]))).toContain('"maxIter" is 0.5')
  })

  it('refuses a name for a handle', () => {
    expect(refusal(() => new ParamMap().put('regParam' as never, 1 as never))).toMatchInlineSnapshot(
      `"ParamMap: the parameter is "regParam". Allowed: the handle of a parameter, such as lr.regParam. Where only the name is known, stage.getParam(name) gives the handle."`,
    )
  })
})

describe('a stage refuses', () => {
  it('a setter without a value, but not an option that is undefined', () => {
    expect(refusal(() => lr.setMaxIter(undefined as never))).toContain('"maxIter" is undefined')
    expect(new LinearRegression({ weightCol: undefined }).isSet('weightCol')).toBe(false)
    expect(refusal(() => new LinearRegression({ weigthCol: undefined } as never))).toContain('Did you mean "weightCol"')
  })

  it('a uid, an array or a ParamMap for the options', () => {
    expect(refusal(() => new LinearRegression('lr' as never))).toContain('a uid is the second argument')
    expect(refusal(() => new LinearRegression([1] as never))).toContain('the parameters are [1]')
    expect(refusal(() => new LinearRegression(new ParamMap() as never))).toContain('A ParamMap goes to fit')
  })

  it('an empty uid', () => {
    expect(refusal(() => new LinearRegression({}, ''))).toContain('LinearRegression: the uid is ""')
  })

  it('values that have no text of their own', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    for (const value of [cycle, { big: 1n }, Object.create(null)]) {
      expect(refusal(() => lr.set('regParam', value))).toContain('Allowed: a number in [0, inf)')
    }
  })
})

it('a grid refuses what is no handle', () => {
  expect(refusal(() => new ParamGridBuilder().addGrid('regParam' as never, [1] as never))).toContain('ParamGridBuilder')
  expect(refusal(() => new ParamGridBuilder().baseOn(3 as never))).toContain('the parameter is undefined')
})
