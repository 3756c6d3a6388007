import { describe, expect, it } from 'vitest'
import { UnsupportedError } from '../../src/errors.js'
import { CalendarFeatures } from '../../src/feature/calendar-features.js'
import { beyondSpark, double, string } from '../../src/param/row.js'
import { state } from '../../src/param/state.js'
import { extensionsOf, requireNothingBeyondSpark } from '../../src/persistence/beyond-spark.js'
import { model, transformer } from '../../src/pipeline/define.js'
import { Pipeline, PipelineModel } from '../../src/pipeline/pipeline.js'
import { registry } from '../helpers/registry.js'

const params = {
  level: double({ default: 1, doc: 'as in Spark' }),
  tilt: beyondSpark(double({ doc: 'how much more' })),
  mode: beyondSpark(string({ default: 'none', doc: 'what else' })),
} as const

class Lamp extends transformer('test.Lamp', params) {}
class LampModel extends model('test.LampModel', params, {
  watts: {
    ...state.double('Power.'),
    beyondSpark: (watts: number) => (watts > 100 ? `a power of ${watts}` : undefined),
  },
}) {}

describe('what goes beyond Spark', () => {
  it('is nothing by default, and where a default is set explicitly', () => {
    expect(extensionsOf(new Lamp({ level: 3 }))).toEqual([])
    expect(extensionsOf(new Lamp({ mode: 'none' }))).toEqual([])
    expect(extensionsOf(new LampModel({ watts: 60 }))).toEqual([])
  })

  it('is a parameter that is set, in any stage inside', () => {
    const lamp = new Lamp({ tilt: 0.5, mode: 'more' })
    expect(extensionsOf(new Pipeline({ stages: [new Lamp(), lamp] }))).toMatchObject([
      { stage: lamp, name: 'tilt', what: '0.5', learned: false },
      { stage: lamp, name: 'mode', what: '"more"', learned: false },
    ])
  })

  it('is a learned value that Spark cannot hold', () => {
    const found = extensionsOf(new PipelineModel({ stages: [new LampModel({ watts: 400 })] }))
    expect(found).toMatchObject([{ name: 'watts', what: 'a power of 400', learned: true }])
  })

  it('is a class that only the library has', () => {
    const calendar = new CalendarFeatures({ inputCol: 'start' })
    expect(extensionsOf(new Pipeline({ stages: [calendar] }))).toMatchObject([{ stage: calendar, learned: false }])
    expect(() => requireNothingBeyondSpark(calendar, 'Spark')).toThrow(
      `${calendar.uid}: Spark has no class "ridgeline.feature.CalendarFeatures"`,
    )
  })

  it('refuses an export, naming stage and parameter', () => {
    const lamp = new Lamp({ tilt: 0.5 })
    expect(() => requireNothingBeyondSpark(new Pipeline({ stages: [lamp] }), 'Spark')).toThrow(UnsupportedError)
    expect(() => requireNothingBeyondSpark(lamp, 'Spark')).toThrow(`${lamp.uid}: Spark has no parameter "tilt"`)
    expect(() => requireNothingBeyondSpark(new LampModel({ watts: 400 }), 'ONNX')).toThrow(
      '"watts" holds a power of 400',
    )
    expect(() => requireNothingBeyondSpark(new Lamp(), 'Spark')).not.toThrow()
  })

  it('is told by explainParam', () => {
    expect(new Lamp().explainParam('mode')).toBe('mode: what else (not in Spark, default: "none")')
  })

  it('is off by default in every class', () => {
    for (const stageClass of registry) {
      for (const [name, row] of Object.entries(stageClass.params)) {
        if (row.beyondSpark) expect(['none', 'error', false, undefined], name).toContain(row.default)
      }
    }
  })
})
