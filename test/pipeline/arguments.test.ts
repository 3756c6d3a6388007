import { createDataFrame, LinearRegression, ParamError, ParamMap, RegressionEvaluator, Vectors } from 'ridgeline'
import { describe, expect, it } from 'vitest'

const data = createDataFrame([
  { features: Vectors.dense(1), label: 2 },
  { features: Vectors.dense(2), label: 3 },
])
const lr = new LinearRegression()
const evaluator = new RegressionEvaluator({ predictionCol: 'label' })

async function refusal(work: () => unknown): Promise<ParamError> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(ParamError)
    return error as ParamError
  }
  return expect.fail('was accepted')
}

describe('fit, evaluate and transform refuse', () => {
  it.each<[string, () => unknown]>([
    ['null for a frame', () => lr.fit(null as never)],
    ['rows for a frame', () => lr.fit([{ label: 1 }] as never)],
    ['rows to evaluate', () => evaluator.evaluate([{ label: 1 }] as never)],
    ['a number for a map', () => lr.fit(data, 42 as never)],
    ['values of parameters among the options', () => lr.fit(data, { regParam: 0.3 } as never)],
    ['an array of anything', () => lr.fit(data, ['a'] as never)],
    ['a signal that is none', () => lr.fit(data, { signal: {} as never })],
    ['a listener that is none', () => lr.fit(data, { onProgress: 'yes' as never })],
    ['options after a map that are none', () => evaluator.evaluate(data, new ParamMap(), { verbose: true } as never)],
  ])('%s', async (_what, work) => {
    const { details } = await refusal(work)
    for (const part of ['stage', 'param', 'allowed', 'received', 'hint'] as const) expect(details[part]).toBeTruthy()
  })

  it('rows to transform', async () => {
    const model = await lr.fit(data)
    expect((await refusal(() => model.transform([{ features: [1] }] as never))).details.allowed).toContain('DataFrame')
    expect((await refusal(() => model.transform(data, { featuresCol: 'x' } as never))).details.param).toBe('extra')
  })
})

it('takes the options after a map that is undefined', async () => {
  const reason = new Error('stop')
  await expect(lr.fit(data, undefined as never, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

// The rows are in memory: without a pause between the fits the timer would never run.
it('lets a timer abort a row of fits', async () => {
  const controller = new AbortController()
  const reason = new Error('stop')
  const timer = setTimeout(() => controller.abort(reason), 1)
  const maps = Array.from({ length: 100_000 }, () => new ParamMap())
  await expect(lr.fit(data, maps, { signal: controller.signal })).rejects.toBe(reason)
  clearTimeout(timer)
})
