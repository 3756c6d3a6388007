import { ParamError } from '../errors.js'
import { rule } from '../param/constraint.js'
import type { ParamMap } from '../param/param.js'
import type { ParamRow } from '../param/row.js'
import { stagesState } from '../param/state.js'
import { nestedStages } from '../persistence/nested.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { StructType } from '../sql/types.js'
import { estimator, model } from './define.js'
import { type Division, Estimator, type FitOptions, type FitVariant } from './estimator.js'
import { type PipelineStage, stageFits } from './stage-fits.js'
import { Transformer } from './transformer.js'

export type { PipelineStage }

/**
 * A fitted pipeline: its transformers one after the other (Spark's `PipelineModel`).
 *
 * **Null, NaN, unseen labels**: as each stage says. **Differs from Spark**: nothing.
 */
export class PipelineModel extends model(
  'org.apache.spark.ml.PipelineModel',
  {},
  { stages: stagesState<Transformer>('the fitted stages, in order') },
) {
  override transformSchema(schema: StructType): StructType {
    return this.stages.reduce((s, stage) => stage.transformSchema(s), schema)
  }

  protected override apply(data: DataFrame): DataFrame {
    return this.stages.reduce((frame, stage) => stage.transform(frame), data)
  }
}

const isStage = (value: unknown): boolean => value instanceof Transformer || value instanceof Estimator

const stages: ParamRow<readonly PipelineStage[]> = {
  kind: 'stageArray',
  doc: 'stages of the pipeline',
  constraint: rule('an array of transformers and estimators', (v) => Array.isArray(v) && v.every(isStage), [
    '?',
    [1],
    [{}],
  ]),
}

/**
 * Stages in a row (Spark's `Pipeline`): `fit` runs them in order; estimators are fitted on what the stages before them
 * made, and become transformers of the PipelineModel.
 *
 * The schema is checked through all stages before any data is touched. Stages after the last estimator are not run by `fit`.
 *
 * @example
 * ```ts
 * import { createDataFrame, Pipeline, StringIndexer, VectorAssembler } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', km: 7.5 }, { city: 'US', km: 12 }])
 * const pipeline = new Pipeline({
 *   stages: [
 *     new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
 *     new VectorAssembler({ inputCols: ['km', 'cityIdx'], outputCol: 'features' }),
 *   ],
 * })
 * const model = await pipeline.fit(rides)
 * await model.transform(rides).select('features').show()
 * ```
 */
export class Pipeline extends estimator('org.apache.spark.ml.Pipeline', { stages }, PipelineModel) {
  override transformSchema(schema: StructType): StructType {
    const list = this.getStages()
    const twice = list.find((stage, i) => list.findIndex((other) => other.uid === stage.uid) !== i)
    if (twice) {
      throw new ParamError(`stage ${twice.uid} is in the pipeline twice`, {
        stage: this.uid,
        param: 'stages',
        allowed: 'Allowed: every stage once',
        received: twice.uid,
        hint: 'Make a second instance of it.',
      })
    }
    return list.reduce((s, stage) => stage.transformSchema(s), schema)
  }

  /** The stages before the first that a map touches are common: what they learn and make depends on nothing after them. */
  override divide(maps: readonly ParamMap[]): Division<PipelineModel> | undefined {
    const touched = new Set(maps.flatMap((map) => map.toArray().map(({ param }) => param.parent)))
    if (touched.has(this.uid)) return undefined
    const list = this.getStages()
    const first = list.findIndex((stage) => [...nestedStages(stage)].some(({ uid }) => touched.has(uid)))
    if (first < 1) return undefined
    return {
      common: new Pipeline({ stages: list.slice(0, first) }),
      rest: new Pipeline({ stages: list.slice(first) }),
      join: (common: PipelineModel, rest: PipelineModel, map) =>
        this.copy(map).adopt(new PipelineModel({ stages: [...common.stages, ...rest.stages] }), common.inputSchema!),
    }
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<PipelineModel> {
    return this.trainer(data, [this], options)(0)
  }

  protected override trainer(
    data: DataFrame,
    variants: readonly Estimator<PipelineModel>[],
    options: FitOptions,
  ): FitVariant<PipelineModel> {
    const lists = (variants as readonly Pipeline[]).map((variant) => variant.getStages())
    const fitStages = stageFits(data, lists, options)
    return async (index) => {
      const stages = await fitStages(index)
      options.onProgress?.({ stage: this.uid, done: stages.length, total: stages.length })
      return new PipelineModel({ stages })
    }
  }
}
