import { RidgelineError, UnsupportedError } from '../errors.js'
import { type ModelModule, type ModuleOptions, modelModule } from '../module/module.js'
import type { ParamMap } from '../param/param.js'
import { nestedStages } from '../persistence/nested.js'
import { Persistable } from '../persistence/persistable.js'
import { type ModelSchema, type ModelSchemaOptions, modelSchema } from '../schema/model-schema.js'
import { type RowScorer, rowScorer, type Scorable, type ScoredRow, type ScorerOptions } from '../scoring/row-scorer.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { createDataFrame } from '../sql/session.js'
import { type StructField, StructType } from '../sql/types.js'
import { type FrameInput, frameOf, requireParamMap } from './arguments.js'
import { readFields, type TypeHint } from './read-fields.js'
import { deriveSchema } from './schema.js'

/**
 * Turns one frame into another (Spark's `Transformer`). `transform` is lazy: it checks parameters and schema at once and
 * touches no data. A row-wise stage implements `bind`; one that works on whole frames overrides `apply`.
 */
export abstract class Transformer extends Persistable {
  /**
   * The frame with this stage's output columns.
   * @param data a frame, or a danfo DataFrame.
   * @param extra values of parameters that win over what is set.
   * @throws ParamError, SchemaError before any data is touched; DataError from the action that reads the rows.
   */
  transform(data: FrameInput, extra?: ParamMap): DataFrame {
    const frame = frameOf(this, data)
    if (extra !== undefined) requireParamMap(this, extra)
    const stage = extra ? this.copy(extra) : this
    stage.transformSchema(frame.schema)
    return stage.apply(frame)
  }

  /**
   * Schema of the output for a schema of the input, without data. Derived from the roles of the column parameters.
   * @throws ParamError when parameters contradict each other; SchemaError when a column is missing, of a wrong type, or exists.
   */
  transformSchema(schema: StructType): StructType {
    this.checkRules()
    return deriveSchema(this, schema, 'transform')
  }

  /** Whether slot i of the vector in `outputCol` is made of slot i of that in `inputCol` alone, so that it keeps its name. */
  get keepsSlots(): boolean {
    return false
  }

  protected apply(data: DataFrame): DataFrame {
    return data.withTransform(this.bind(data.schema))
  }

  /**
   * Makes this stage, with all stages inside it, into a function of one plain object: `const score = model.scorer(); score({ city: 'FR', km: 7.5 })`
   * gives `{ prediction: 12.3 }`, the numbers that `transform` gives, in microseconds and without a frame. See `docs/scoring.md`.
   * @throws ParamError, SchemaError when it does not fit the schema; UnsupportedError where one row does not tell the answer (aggregates, joins), or only the
   *   relational engine knows it (some functions of SQL).
   */
  scorer<Out extends object = ScoredRow>(options: ScorerOptions = {}): RowScorer<Out> {
    return rowScorer<Out>(this.scorable, options)
  }

  /**
   * The columns that the scorer of this stage reads and gives, and what is known of them: types, labels, ranges. Validators, JSON Schema, OpenAPI, MLflow's
   * signature and TypeScript types come from it: see `docs/schema.md`.
   * @throws NotFittedError when the types of the columns are not known, and its stages do not tell them, as of some models that Spark saved: `modelSchema({ schema: 'city STRING' })` does;
   *   else what `scorer` raises.
   */
  modelSchema(options: ModelSchemaOptions = {}): ModelSchema {
    return modelSchema(this.toldScorable, options)
  }

  /**
   * Writes this stage, with all stages inside it, as one ES module that depends on nothing and scores rows in Node, browsers and edge runtimes:
   * `await model.toModule().save('price.js')` writes `price.js` and `price.d.ts`. See `docs/scoring.md`.
   * @throws UnsupportedError naming a stage that a module cannot hold; NotFittedError when the types of the columns are not known; else what `scorer` raises.
   */
  toModule(options: ModuleOptions = {}): ModelModule {
    return modelModule(this.toldScorable, options)
  }

  private get scorable(): Scorable {
    const predictors = [...nestedStages(this)].filter((stage) => stage.hasParam('predictionCol'))
    return {
      uid: this.uid,
      schema: this.inputSchema,
      profile: () => this.inputProfile,
      predictors: new Set(predictors.map(({ uid }) => uid)),
      plan: (schema) => this.transform(createDataFrame([], schema)).plan,
      told: (hint) => this.toldSchema(hint),
    }
  }

  /** As `scorable`, with the types that the stages tell where the model was not fitted here. */
  private get toldScorable(): Scorable {
    const { scorable } = this
    return { ...scorable, schema: scorable.schema ?? this.toldSchema(() => undefined) }
  }

  /** Schema of the columns that this stage reads, as far as it and what is known otherwise tell; undefined where they do not. */
  private toldSchema(hint: TypeHint): StructType | undefined {
    try {
      const fields = this.readFields(StructType([]), hint)
      if (!fields) return undefined
      this.transformSchema(StructType(fields))
      return StructType(fields)
    } catch (error) {
      if (error instanceof RidgelineError) return undefined
      throw error
    }
  }

  /**
   * The columns that this stage reads and a schema does not have, for models that do not know what they were fitted on; a stage that holds others asks them.
   * @returns undefined where a type cannot be told.
   */
  readFields(known: StructType, hint: TypeHint): readonly StructField[] | undefined {
    return readFields(this, known, hint, (schema) => this.bind(schema))
  }

  /** This stage as a step over batches, bound to the columns and attributes of an input schema. Parameters are checked before. */
  bind(_schema: StructType): BatchTransform {
    throw new UnsupportedError('this stage works on whole frames, not row by row', { stage: this.uid })
  }
}
