import { describe, expect, test } from 'vitest'
import { ParamError } from '../../src/errors.js'
import { Param, ParamMap } from '../../src/param/param.js'
import { bool, double, int } from '../../src/param/row.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'

const regParam = new Param('lr_1', 'regParam', double({ min: 0, doc: '' }))
const mixing = new Param('lr_1', 'elasticNetParam', double({ min: 0, max: 1, doc: '' }))
const maxIter = new Param('lr_2', 'maxIter', int({ doc: '' }))
const fitIntercept = new Param('lr_1', 'fitIntercept', bool({ doc: '' }))
const text = (maps: readonly ParamMap[]) =>
  maps.map((map) =>
    map
      .toArray()
      .map(({ param, value }) => `${param.name}=${value}`)
      .join(' '),
  )

describe('ParamGridBuilder', () => {
  test('varies the parameter added last fastest, as the recorded grids of Spark', () => {
    const grid = new ParamGridBuilder().addGrid(regParam, [0, 0.01, 0.1]).addGrid(mixing, [0, 0.5, 1]).build()
    expect(text(grid)).toEqual(
      [0, 0.01, 0.1].flatMap((r) => [0, 0.5, 1].map((m) => `regParam=${r} elasticNetParam=${m}`)),
    )
  })

  test('gives one empty map when nothing was added', () => {
    expect(new ParamGridBuilder().build().map((map) => map.size)).toEqual([0])
  })

  test('tries true, then false for a boolean parameter without values', () => {
    expect(text(new ParamGridBuilder().addGrid(fitIntercept).build())).toEqual([
      'fitIntercept=true',
      'fitIntercept=false',
    ])
  })

  test('takes any iterable of values', () => {
    const grid = new ParamGridBuilder()
      .addGrid(regParam, new Float64Array([1, 2]))
      .addGrid(maxIter, new Set([3]))
      .build()
    expect(text(grid)).toEqual(['regParam=1 maxIter=3', 'regParam=2 maxIter=3'])
  })

  test('replaces values and keeps the place when a parameter is added again', () => {
    const grid = new ParamGridBuilder().addGrid(regParam, [1, 2]).addGrid(maxIter, [5]).addGrid(regParam, [3]).build()
    expect(text(grid)).toEqual(['regParam=3 maxIter=5'])
  })

  test('fixes parameters with baseOn, from a map or from pairs', () => {
    const fixed = new ParamMap().put(maxIter, 7)
    const one = new ParamGridBuilder().baseOn(fixed).addGrid(regParam, [0, 1]).build()
    const other = new ParamGridBuilder().baseOn({ param: maxIter, value: 7 }).addGrid(regParam, [0, 1]).build()
    expect(text(one)).toEqual(['maxIter=7 regParam=0', 'maxIter=7 regParam=1'])
    expect(text(other)).toEqual(text(one))
  })

  test('keeps parameters of the same name of two stages apart', () => {
    const theirs = new Param('lr_2', 'regParam', regParam.row)
    const [map] = new ParamGridBuilder().addGrid(regParam, [1]).addGrid(theirs, [2]).build()
    expect([map.get(regParam), map.get(theirs)]).toEqual([1, 2])
  })

  test.each([
    [[-1], /"regParam" has -1.*Allowed: one or more values, each a number in \[0, inf\)/],
    [[Number.NaN], /has NaN/],
    [[], /has no value/],
  ])('refuses the values %j', (values, message) => {
    const add = () => new ParamGridBuilder().addGrid(regParam, values)
    expect(add).toThrow(ParamError)
    expect(add).toThrow(message)
  })
})
