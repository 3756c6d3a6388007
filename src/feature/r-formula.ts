import { SchemaError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import { accepts, bool, oneOf, outputColumn, string } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { handleInvalid } from '../param/shared.js'
import { stageState, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import { Estimator, type FitOptions } from '../pipeline/estimator.js'
import { PipelineModel, type PipelineStage } from '../pipeline/pipeline.js'
import type { TypeHint } from '../pipeline/read-fields.js'
import { requireNewColumn } from '../pipeline/schema.js'
import type { Transformer } from '../pipeline/transformer.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorSize } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { castToDoubles } from '../sql/doubles.js'
import {
  DoubleType,
  fieldIndex,
  fieldOf,
  isNumeric,
  isVector,
  StructField,
  type StructType,
  simpleString,
  VectorUDT,
  withFields,
} from '../sql/types.js'
import { ColumnPruner, VectorAttributeRewriter } from './encoded-columns.js'
import { parseFormula, ResolvedFormula, resolveFormula } from './formula.js'
import { Interaction } from './interaction.js'
import { OneHotEncoder } from './one-hot-encoder.js'
import { StringIndexer } from './string-indexer.js'
import { VectorAssembler } from './vector-assembler.js'
import { VectorSizeHint } from './vector-size-hint.js'

const params = {
  formula: string({ doc: 'R model formula, for example "price ~ distance + city:hour"' }),
  featuresCol: outputColumn({ default: 'features', yields: VectorUDT, doc: 'features column name' }),
  labelCol: string({ default: 'label', doc: 'label column name; a numeric column of this name stays as it is' }),
  forceIndexLabel: bool({ default: false, doc: 'whether to index the label also where it is a number' }),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle invalid data (null and NaN; labels of string columns that fit did not see): skip (drop the row), error, or keep (a category of its own)',
  ),
  stringIndexerOrderType: oneOf(['frequencyDesc', 'frequencyAsc', 'alphabetDesc', 'alphabetAsc'], {
    default: 'frequencyDesc',
    doc: 'how to order the categories of string columns, of which the last is dropped; R drops the same one with alphabetDesc',
  }),
} as const

/** @throws SchemaError when a numeric label is wanted and the column is something else. */
function requireLabelFits(stage: RFormula | RFormulaModel, schema: StructType): void {
  requireNewColumn(stage, schema, stage.getFeaturesCol(), 'featuresCol')
  const index = fieldIndex(schema, stage.getLabelCol())
  if (index < 0 || isNumeric(schema.fields[index].dataType)) return
  const received = simpleString(schema.fields[index].dataType)
  throw new SchemaError(`column "${stage.getLabelCol()}" (labelCol) exists and has type ${received}`, {
    stage: stage.uid,
    column: stage.getLabelCol(),
    param: 'labelCol',
    allowed: 'Allowed: a numeric type, or a name that the frame does not have',
    received,
    hint: 'Set labelCol to another name.',
  })
}

/** The label that is not indexed, as a double; undefined where there is none to make. */
function numericLabel(stage: RFormula | RFormulaModel, schema: StructType, label: string): StructField | undefined {
  if (label === '' || fieldIndex(schema, stage.getLabelCol()) >= 0 || fieldIndex(schema, label) < 0) return undefined
  const { dataType, nullable } = fieldOf(schema, label, stage.uid)
  if (!accepts.numericOrBoolean.ok(dataType)) {
    const received = simpleString(dataType)
    throw new SchemaError(`the label "${label}" has type ${received}`, {
      stage: stage.uid,
      column: label,
      allowed: 'Allowed: a numeric type, boolean or string',
      received,
    })
  }
  return StructField(stage.getLabelCol(), DoubleType, nullable)
}

/**
 * Makes features and label of the columns that an {@link RFormula} names (Spark's `RFormulaModel`).
 *
 * `resolvedFormula` has the terms over the columns that `fit` saw; `pipelineModel` the stages that encode them. The features are named after their
 * columns in the ML attributes: `km`, `city_FR`, `city_FR:km`. A frame without the label column gets features only. What happens to null, NaN and
 * labels that fit did not see says the table of {@link RFormula}.
 *
 * **Errors**: SchemaError for a missing column of a term, a features column that exists, a label column that exists and is not numeric, or a label of
 * another type than number, boolean and string. **Cost**: that of the stages inside. **Differs from Spark**: nothing.
 */
export class RFormulaModel extends model('org.apache.spark.ml.feature.RFormulaModel', params, {
  label: state.string('name of the label, or the empty string'),
  terms: state.stringLists('the terms: a column, or the columns that interact'),
  hasIntercept: state.boolean('whether a model of the formula has an intercept'),
  pipelineModel: stageState<PipelineModel>('the stages that encode the terms'),
}) {
  /** The formula over the columns that `fit` saw; its text is Spark's. */
  get resolvedFormula(): ResolvedFormula {
    return new ResolvedFormula(this.label, this.terms, this.hasIntercept)
  }

  override transformSchema(schema: StructType): StructType {
    requireLabelFits(this, schema)
    for (const column of this.terms.flat()) fieldOf(schema, column, this.uid)
    const withFeatures = this.pipelineModel.transformSchema(schema)
    const label = numericLabel(this, withFeatures, this.label)
    return label ? withFields(withFeatures, [label]) : withFeatures
  }

  override readFields(known: StructType, hint: TypeHint): readonly StructField[] | undefined {
    return this.pipelineModel.readFields(known, hint)
  }

  protected override apply(data: DataFrame): DataFrame {
    const frame = this.pipelineModel.transform(data)
    const label = numericLabel(this, frame.schema, this.label)
    if (!label) return frame
    return frame.withTransform({
      name: this.uid,
      inputs: [this.label],
      outputs: [label],
      filters: false,
      run: ([column], length) => ({
        columns: [{ kind: 'f64', data: castToDoubles(column, length), valid: column.valid }],
      }),
      forms: ([number]) => (number.kind === 'number' ? [number] : undefined),
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `RFormulaModel: uid=${this.uid}, resolvedFormula=${this.resolvedFormula}`
  }
}

/** The formula can be read. */
const formulaRule: Rule = (stage) => {
  parseFormula(stage.getOrDefault('formula') as string, stage.uid)
}

/** What encoding the terms needs, as it is built up. */
class Encoding {
  readonly stages: PipelineStage[] = []
  readonly temporaries: string[] = []
  readonly prefixes: [from: string, to: string][] = []
  private readonly oneHot: { input: string; output: string }[] = []
  private readonly uid: string
  /** Whether one string column has kept all of its categories. */
  private keptReference: boolean

  /**
   * @param uid after which stages and columns in between are named.
   * @param hasIntercept without one, the first string column keeps all of its categories.
   */
  constructor(uid: string, hasIntercept: boolean) {
    this.uid = uid
    this.keptReference = hasIntercept
  }

  /** uid of the next stage. */
  nextUid(): string {
    return `${this.uid}_${this.stages.length}`
  }

  /** A new column that is dropped in the end; slots that are named after it are named after `source`. */
  temporary(kind: string, source: string): string {
    const name = `${kind}_${this.uid}_${this.temporaries.length}`
    this.temporaries.push(name)
    this.prefixes.push([`${name}_`, source])
    return name
  }

  /** The slots of an indexed column. */
  categories(column: string, indexed: string): string {
    const output = this.temporary('onehot', `${column}_`)
    if (this.keptReference) this.oneHot.push({ input: indexed, output })
    else {
      this.keptReference = true
      const columns = { inputCols: [indexed], outputCols: [output] }
      this.stages.push(new OneHotEncoder({ ...columns, dropLast: false }, this.nextUid()))
    }
    return output
  }

  interaction(columns: readonly string[]): string {
    const outputCol = this.temporary('interaction', '')
    this.stages.push(new Interaction({ inputCols: columns, outputCol }, this.nextUid()))
    return outputCol
  }

  /** The encoder of all columns that drop a category, once they are known. */
  finishCategories(): void {
    if (this.oneHot.length === 0) return
    const inputCols = this.oneHot.map(({ input }) => input)
    const outputCols = this.oneHot.map(({ output }) => output)
    this.stages.push(new OneHotEncoder({ inputCols, outputCols }, this.nextUid()))
  }
}

/**
 * Makes features and label by a formula in the manner of R (Spark's `RFormula`).
 *
 * | in the formula | means |
 * | --- | --- |
 * | `y ~ a + b` | the label `y`, the features `a` and `b` |
 * | `~ a` | no label |
 * | `.` | all columns but the label that are numeric, boolean, string or vector |
 * | `- a` | without the term `a` |
 * | `a:b` | the interaction: products of the slots of `a` and `b` |
 * | `a*b` | `a + b + a:b` |
 * | `(a + b)^2` | all of them, and their interactions of up to two |
 * | `+ 0`, `- 1` | no intercept |
 *
 * Names have letters, digits, `.` and `_`, and begin with a letter. String columns are indexed and become a slot for each category but the last; without
 * an intercept the first string column keeps all. In interactions all categories have a slot. Numbers and vectors stay as they are. A string label is indexed,
 * others become doubles.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | null or NaN in a numeric column | DataError | the row is dropped | NaN |
 * | null or unseen label in a string column | DataError | the row is dropped | a category of its own, of which the slot is the dropped one |
 * | null in a numeric label | null | null | null |
 *
 * **Errors**: ParamError naming the place where the formula cannot be read, or with more than 10,000 terms; SchemaError for a missing column, a features column that
 * exists, a label column that exists and is not numeric, or exists and `forceIndexLabel` is set; DataError for a vector column without rows to tell its size.
 * **Cost**: a pass for the string columns. **Differs from Spark**: columns whose name has a dot are found; the schema of the estimator
 * has no label where the frame has none.
 *
 * References: R Core Team, An Introduction to R, section 11.1 (formulae).
 *
 * @example
 * ```ts
 * import { createDataFrame, RFormula } from 'ridgeline'
 * const data = createDataFrame([
 *   { country: 'US', hour: 18, clicked: 1 }, { country: 'CA', hour: 12, clicked: 0 }, { country: 'NZ', hour: 15, clicked: 0 },
 * ])
 * const model = await new RFormula({ formula: 'clicked ~ country + hour' }).fit(data)
 * await model.transform(data).select('features', 'label').show() // [0.0,0.0,18.0] and 1.0, …
 * ```
 */
export class RFormula extends estimator('org.apache.spark.ml.feature.RFormula', params, RFormulaModel, [formulaRule]) {
  override transformSchema(schema: StructType): StructType {
    this.checkRules()
    requireLabelFits(this, schema)
    if (this.getForceIndexLabel()) requireNewColumn(this, schema, this.getLabelCol(), 'labelCol')
    const { label, terms } = this.resolve(schema)
    for (const column of terms.flat()) fieldOf(schema, column, this.uid)
    const withFeatures = withFields(schema, [StructField(this.getFeaturesCol(), VectorUDT)])
    if (this.indexesLabel(schema, label)) {
      fieldOf(schema, label, this.uid)
      requireNewColumn(this, schema, this.getLabelCol(), 'labelCol')
      return withFields(withFeatures, [StructField(this.getLabelCol(), DoubleType, false)])
    }
    const made = numericLabel(this, schema, label)
    return made ? withFields(withFeatures, [made]) : withFeatures
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<RFormulaModel> {
    const { label, terms, hasIntercept } = this.resolve(data.schema)
    const encoding = await this.encoding(data, { label, terms, hasIntercept })
    const { stages } = encoding
    if (this.indexesLabel(data.schema, label)) {
      const handleInvalid = this.getHandleInvalid()
      const columns = { inputCol: label, outputCol: this.getLabelCol() }
      stages.push(new StringIndexer({ ...columns, handleInvalid }, encoding.nextUid()))
    }
    const fitted: Transformer[] = []
    const lastEstimator = stages.findLastIndex((stage) => stage instanceof Estimator)
    let frame = data
    for (const [i, stage] of stages.entries()) {
      const transformer =
        stage instanceof Estimator ? await stage.fit(frame, { signal: options.signal, profile: false }) : stage
      fitted.push(transformer)
      if (i < lastEstimator) frame = transformer.transform(frame)
    }
    const pipelineModel = new PipelineModel({ stages: fitted }, `${this.uid}_pipeline`)
    return new RFormulaModel({ label, terms, hasIntercept, pipelineModel })
  }

  private resolve(schema: StructType): ResolvedFormula {
    return resolveFormula(parseFormula(this.getFormula(), this.uid), schema)
  }

  private indexesLabel(schema: StructType, label: string): boolean {
    const index = fieldIndex(schema, label)
    return this.getForceIndexLabel() || (index >= 0 && schema.fields[index].dataType.kind === 'string')
  }

  private async encoding(
    data: DataFrame,
    { terms, hasIntercept }: Pick<ResolvedFormula, 'label' | 'terms' | 'hasIntercept'>,
  ): Promise<Encoding> {
    const { schema } = data
    const handleInvalid = this.getHandleInvalid()
    const encoding = new Encoding(this.uid, hasIntercept)
    const indexed = new Map<string, string>()
    for (const column of [...new Set(terms.flat())].sort()) {
      const { dataType } = fieldOf(schema, column, this.uid)
      if (dataType.kind === 'string') {
        const outputCol = encoding.temporary('stridx', `${column}_`)
        const stringOrderType = this.getStringIndexerOrderType()
        const indexer = { inputCol: column, outputCol, stringOrderType, handleInvalid }
        encoding.stages.push(new StringIndexer(indexer, encoding.nextUid()))
        indexed.set(column, outputCol)
      } else if (isVector(dataType)) {
        const size = await this.sizeOf(data, column)
        const hint = { inputCol: column, size, handleInvalid: 'optimistic' } as const
        encoding.stages.push(new VectorSizeHint(hint, encoding.nextUid()))
      }
    }
    const inputCols = terms.map((columns) => {
      if (columns.length > 1) return encoding.interaction(columns.map((column) => indexed.get(column) ?? column))
      const index = indexed.get(columns[0])
      return index === undefined ? columns[0] : encoding.categories(columns[0], index)
    })
    encoding.finishCategories()
    const outputCol = this.getFeaturesCol()
    encoding.stages.push(new VectorAssembler({ inputCols, outputCol, handleInvalid }, encoding.nextUid()))
    const { prefixes: prefixesToRewrite, temporaries: columnsToPrune } = encoding
    encoding.stages.push(new VectorAttributeRewriter({ vectorCol: outputCol, prefixesToRewrite }, encoding.nextUid()))
    encoding.stages.push(new ColumnPruner({ columnsToPrune }, encoding.nextUid()))
    return encoding
  }

  /** Number of slots of a vector column: as its metadata tell, else that of the first row. */
  private async sizeOf(data: DataFrame, column: string): Promise<number> {
    const { size } = AttributeGroup.fromStructField(fieldOf(data.schema, column, this.uid))
    if (size >= 0) return size
    for await (const batch of data.batches([column])) {
      if (batch.length > 0) return vectorSize(batch.columns[0] as VectorColumn, 0)
    }
    throw noRows(this.uid, column)
  }

  /** Spark's text. */
  override toString(): string {
    return `RFormula: uid=${this.uid}${this.isSet('formula') ? `, formula = ${this.getFormula()}` : ''}`
  }
}
