import { NotFittedError, ParamError, SchemaError } from '../errors.js'
import { rule } from '../param/constraint.js'
import type { ParamMap } from '../param/param.js'
import type { ParamRow } from '../param/row.js'
import { stagesState } from '../param/state.js'
import { nestedStages } from '../persistence/nested.js'
import type { DataFrame } from '../sql/dataframe.js'
import { fieldOf, isVector, type StructField, StructType } from '../sql/types.js'
import { estimator, model } from './define.js'
import { type Division, Estimator, type FitOptions, type FitVariant } from './estimator.js'
import { addSlotNames, featureColumn, type SlotNames, slotNamesOf } from './feature-names.js'
import type { TypeHint } from './read-fields.js'
import { stagesLayout } from './spark-stages.js'
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
  static readonly sparkLayout = stagesLayout('state')

  override transformSchema(schema: StructType): StructType {
    return this.stages.reduce((s, stage) => stage.transformSchema(s), schema)
  }

  /**
   * Names of the slots of a vector column of the output, by default of the features that the last stage learned from, or of the last vector column that is made: as
   * the ML attributes give them, `<column>_<index>` for slots without a name. Spark has no such method.
   * @param column name of a vector column.
   * @throws NotFittedError when the pipeline was not fitted; SchemaError for a column that is not there or no vector, and where the metadata do not tell its slots.
   */
  getFeatureNamesOut(column?: string): string[] {
    if (!this.inputSchema) {
      throw new NotFittedError('the schema of the input is not known', {
        stage: this.uid,
        hint: 'Fit a Pipeline; the names are those of the frame that it was fitted on.',
      })
    }
    const names: SlotNames = new Map()
    for (const field of this.inputSchema.fields) {
      const known = isVector(field.dataType) ? slotNamesOf(field) : undefined
      if (known) names.set(field.name, known)
    }
    let schema = this.inputSchema
    let wanted: string | undefined
    for (const stage of flattened(this)) {
      wanted = featureColumn(stage, schema) ?? wanted
      schema = addSlotNames(stage, schema, names)
    }
    const asked = column ?? wanted
    const found = asked === undefined ? undefined : names.get(asked)
    if (found) return [...found]
    if (asked !== undefined) fieldOf(schema, asked, this.uid)
    throw new SchemaError(
      asked === undefined ? 'no stage makes vectors' : `the slots of column "${asked}" are not known`,
      {
        stage: this.uid,
        column: asked,
        allowed: `Vector columns with known slots: ${[...names.keys()].join(', ') || 'none'}`,
        hint: 'Assemble vectors with a VectorAssembler, or tell their size with a VectorSizeHint.',
      },
    )
  }

  override readFields(known: StructType, hint: TypeHint): readonly StructField[] | undefined {
    const read: StructField[] = []
    let schema = known
    for (const stage of this.stages) {
      const fields = stage.readFields(schema, hint)
      if (!fields) return undefined
      read.push(...fields)
      schema = stage.transformSchema(StructType([...schema.fields, ...fields]))
    }
    return read
  }

  protected override apply(data: DataFrame): DataFrame {
    return this.stages.reduce((frame, stage) => stage.transform(frame), data)
  }
}

/** The stages of a pipeline, those of pipelines inside it one by one. */
const flattened = (pipeline: PipelineModel): Transformer[] =>
  pipeline.stages.flatMap((stage) => (stage instanceof PipelineModel ? flattened(stage) : [stage]))

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
  static readonly sparkLayout = stagesLayout('params')

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
