// A stage of one's own, written with what the package exports and nothing else.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataFrame, PipelineModel as LoadedPipeline } from 'ridgeline'
import { accepts, double, inputColumn, outputColumn, state } from 'ridgeline/param'
import { estimator, model, Pipeline, transformer } from 'ridgeline/pipeline'
import { type BatchTransform, type DataFrame, DoubleType, doublesOf, StructField, type StructType } from 'ridgeline/sql'
import { afterAll, beforeAll, expect, it } from 'vitest'

const columns = {
  inputCol: inputColumn({ accepts: accepts.numeric, doc: 'input column name' }),
  outputCol: outputColumn({ yields: DoubleType, doc: 'output column name' }),
} as const

class Power extends transformer('example.Power', {
  ...columns,
  exponent: double({ default: 2, min: 0, doc: 'the exponent' }),
}) {
  override bind(_schema: StructType): BatchTransform {
    const [inputCol, exponent] = [this.getInputCol(), this.getExponent()]
    return {
      name: this.uid,
      inputs: [inputCol],
      outputs: [StructField(this.getOutputCol(), DoubleType)],
      filters: false,
      run: ([column], length, firstRow) => ({
        columns: [
          {
            kind: 'f64',
            data: doublesOf(column, length, { stage: this.uid, column: inputCol, firstRow }).map((x) => x ** exponent),
            valid: null,
          },
        ],
      }),
    }
  }
}

class CenterModel extends model('example.CenterModel', columns, { mean: state.double('mean of the column') }) {
  protected override apply(data: DataFrame): DataFrame {
    return data.withColumn(this.getOutputCol(), data.col(this.getInputCol()).minus(this.mean))
  }
}

class Center extends estimator('example.Center', columns, CenterModel) {
  protected override async train(data: DataFrame): Promise<CenterModel> {
    const row = await data.agg({ [this.getInputCol()]: 'avg' }).first()
    return new CenterModel({ mean: Object.values(row ?? {})[0] as number })
  }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

const data = createDataFrame({ x: [1, 2, 6] })
const pipeline = new Pipeline({
  stages: [
    new Center({ inputCol: 'x', outputCol: 'centered' }),
    new Power({ inputCol: 'centered', outputCol: 'squared' }).setExponent(2),
  ],
})
const scored = [
  { x: 1, centered: -2, squared: 4 },
  { x: 2, centered: -1, squared: 1 },
  { x: 6, centered: 3, squared: 9 },
]

it('works in a pipeline, saved and loaded with its classes', async () => {
  const fitted = await pipeline.fit(data)
  expect(await fitted.transform(data).collect()).toEqual(scored)
  const path = join(folder, 'own.json')
  await fitted.save(path)
  const loaded = await LoadedPipeline.load(path, { classes: [CenterModel, Power] })
  expect(await loaded.transform(data).collect()).toEqual(scored)
})

it('has its schema checked before any data is touched', () => {
  const misspelt = pipeline.copy().setStages([new Power({ inputCol: 'y', outputCol: 'z' })])
  expect(() => misspelt.transformSchema(data.schema)).toThrow('column "y" does not exist')
  expect(() => new Power({ exponent: -1 })).toThrow('Allowed: a number in [0, inf)')
})
