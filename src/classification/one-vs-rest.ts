import { ParamError, UnsupportedError } from '../errors.js'
import { rule } from '../param/constraint.js'
import type { ParamRow } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import * as shared from '../param/shared.js'
import { invalidState, stagesState, state } from '../param/state.js'
import { estimator } from '../pipeline/define.js'
import { Estimator, type FitOptions } from '../pipeline/estimator.js'
import type { Transformer } from '../pipeline/transformer.js'
import { sharedForm } from '../scoring/slot-forms.js'
import { Attribute, BinaryAttribute } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type ReadNumber, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { DoubleType, fieldOf, type Metadata, StructField, StructType, VectorUDT } from '../sql/types.js'
import { mapConcurrent } from '../util/map-concurrent.js'
import { shortText } from '../util/names.js'
import { ProgressReporter } from '../util/progress.js'
import { ClassificationModel, classificationModel } from './classification-model.js'
import { checkClassLabels, declaredClasses, labelBeyond } from './labels.js'
import { classMargins } from './margins.js'
import { oneVsRestLayout, oneVsRestModelLayout } from './one-vs-rest-layout.js'

/** Most classes, each with a fit of its own, that are taken for granted where the label column does not say how many there are. */
const MAX_INFERRED = 2 ** 16

/** Parameters that a classifier must have. */
const NEEDED = ['featuresCol', 'labelCol', 'predictionCol', 'rawPredictionCol']

const isClassifier = (value: unknown): value is Estimator<Transformer> =>
  value instanceof Estimator && NEEDED.every((name) => value.hasParam(name))

const classifier: ParamRow<Estimator<Transformer>> = {
  kind: 'stage',
  doc: 'base binary classifier',
  constraint: rule('a classifier, such as LogisticRegression', isClassifier, ['?', {}, null]),
}

const modelParams = { ...shared.classifier, weightCol: shared.weightCol, classifier } as const
const params = { ...modelParams, parallelism: shared.parallelism } as const

/** Weights need a classifier that takes them. */
const weightRule: Rule = (stage) => {
  if (!stage.isDefined('weightCol') || stage.getOrDefault('weightCol') === '') return
  const base = stage.getOrDefault('classifier') as Estimator<Transformer>
  if (base.hasParam('weightCol')) return
  throw new ParamError(`"weightCol" is set and ${base.uid} takes no weights`, {
    stage: stage.uid,
    param: 'weightCol',
    allowed: 'Only with a classifier that has a weightCol',
    received: shortText(stage.getOrDefault('weightCol')),
    hint: 'Clear weightCol, or choose another classifier.',
  })
}

function isJsonObject(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
  } catch {
    return false
  }
}

/** The score of the second class. */
const secondScore = (write: WriteNumbers, size: number): ReadNumber => {
  const scores = new Float64Array(size)
  return (row) => (write(row, scores, 0) ? scores[1] : Number.NaN)
}

/**
 * Fitted one-vs-rest classifier (Spark's `OneVsRestModel`): the raw score of a class is that which its model gives its label 1; the class of
 * the largest score is predicted, the first of equals.
 *
 * **Shapes** features: vectors of length `numFeatures`; raw scores: vectors with an entry a class. Columns whose name is the empty string are
 * not made. **Null, NaN**: as the models say. **Errors**: DataError for a null or a vector of another length.
 *
 * **Cost**: that of all models. **Differs from Spark**: where the label column says nothing of its classes, nor does the column of predictions,
 * as in pyspark (Scala writes their number).
 */
export class OneVsRestModel extends classificationModel(
  'org.apache.spark.ml.classification.OneVsRestModel',
  modelParams,
  {
    models: stagesState<ClassificationModel>('The fitted models of two classes, one for each class against the rest.'),
    labelMetadata: state.string('Metadata of the label column as JSON; the column of predictions gets it.'),
  },
) {
  static readonly sparkLayout = oneVsRestModelLayout

  constructor(
    fitted: { readonly models: readonly ClassificationModel[]; readonly labelMetadata: string },
    uid?: string,
  ) {
    super(fitted, uid)
    const { models, labelMetadata } = fitted
    const isFit = (one: unknown): boolean =>
      one instanceof ClassificationModel && one.numFeatures === models[0].numFeatures
    if (models.length === 0 || !models.every(isFit)) {
      throw invalidState(
        this.uid,
        'models',
        'holds other models',
        'classifiers over the same features, one for each class',
      )
    }
    if (!isJsonObject(labelMetadata)) {
      throw invalidState(this.uid, 'labelMetadata', `is ${shortText(labelMetadata)}`, 'a JSON object as text')
    }
  }

  get numClasses(): number {
    return this.models.length
  }
  get numFeatures(): number {
    return this.models[0].numFeatures
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const { models } = this
    const scores = new Float64Array(length * models.length)
    models.forEach((model, k) => {
      const raw = model.rawScores(features, length)
      for (let row = 0; row < length; row++) scores[row * models.length + k] = raw[row * model.scoresPerRow + 1]
    })
    return scores
  }

  override rowScores(features: VectorForm): WriteNumbers | undefined {
    const form = sharedForm(features)
    const reads: ReadNumber[] = []
    for (const model of this.models) {
      const write = model.rowScores(form)
      if (!write) return undefined
      reads.push(printable(secondScore, write, model.scoresPerRow))
    }
    return printable(classMargins, reads)
  }

  protected override outputs(_schema: StructType): StructField[] {
    const metadata = JSON.parse(this.labelMetadata) as Metadata
    const fields: StructField[] = []
    if (this.makes('rawPredictionCol')) fields.push(StructField(this.getRawPredictionCol(), VectorUDT))
    if (this.makes('predictionCol')) fields.push(StructField(this.getPredictionCol(), DoubleType, true, metadata))
    return fields
  }

  /** Spark's text. */
  override toString(): string {
    return `OneVsRestModel: uid=${this.uid}, classifier=${this.getClassifier()}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Makes a classifier of several classes out of one of two classes (Spark's `OneVsRest`): for each class, `classifier` is fitted to tell its rows
 * (label 1) from all others (label 0).
 *
 * **Shapes** n rows × d features, k classes: what the label column declares, else the largest label + 1. Labels are 0 to k − 1.
 *
 * **Null, NaN**: a null, or a label that is no class, is a DataError naming column and row; the rest as the classifier says.
 *
 * **Errors**: ParamError without a classifier, and for a weight column where the classifier takes no weights; errors of the classifier.
 *
 * **Cost** k fits, `parallelism` at a time (results do not depend on it); the columns that they read are kept in memory. Progress counts the
 * fits; an AbortSignal stops between fits and inside them.
 *
 * **Differs from Spark**: labels that are no classes are refused (there their rows are in no class); a weight column that the classifier cannot
 * use is refused (there it is ignored); the raw scores do not depend on the classifier's own `rawPredictionCol` (in pyspark both must be the
 * same); a class that no row has is never predicted, as in pyspark (Scala's predicts it of every row).
 *
 * **Reference**: Rifkin and Klautau, In defense of one-vs-all classification, JMLR 5 (2004).
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearSVC, OneVsRest, Vectors } from 'ridgeline'
 * const data = createDataFrame(
 *   [0, 0, 0, 1, 1, 1, 2, 2, 2].map((label, i) => ({ label, features: Vectors.dense(label === 1 ? 5 : i % 3, label === 2 ? 5 : i % 3) })),
 * )
 * const model = await new OneVsRest({ classifier: new LinearSVC({ regParam: 0.01 }) }).fit(data)
 * console.log(model.models.length, model.predict(Vectors.dense(5, 0)), model.predict(Vectors.dense(0, 5))) // 3 1 2
 * ```
 */
export class OneVsRest extends estimator('org.apache.spark.ml.classification.OneVsRest', params, OneVsRestModel, [
  weightRule,
]) {
  static readonly sparkLayout = oneVsRestLayout

  /** Checks the classifier, too. */
  override transformSchema(schema: StructType): StructType {
    const output = super.transformSchema(schema)
    const columns = StructType(this.columns().map((name) => fieldOf(schema, name)))
    this.classifierOf(0).transformSchema(StructType([...columns.fields, ...this.relabelled(0).outputs]))
    return output
  }

  protected override async train(data: DataFrame, { signal, onProgress }: FitOptions): Promise<OneVsRestModel> {
    const rows = data.select(...this.columns()).cache()
    try {
      const numClasses = await this.countClasses(rows, signal)
      const progress = new ProgressReporter(this.uid, numClasses, onProgress)
      let done = 0
      const fitClass = async (k: number, _: number, stop: AbortSignal): Promise<ClassificationModel> => {
        const model = await this.classifierOf(k).fit(rows.withTransform(this.relabelled(k)), {
          signal: stop,
          profile: false,
        })
        progress.report(++done, { message: `class ${k}` })
        return this.requireScores(model)
      }
      const models = await mapConcurrent([...Array(numClasses).keys()], this.getParallelism(), fitClass, signal)
      return new OneVsRestModel({ models, labelMetadata: JSON.stringify(this.labelMetadata(data.schema)) })
    } finally {
      rows.unpersist()
    }
  }

  /** Columns that the fits read. */
  private columns(): string[] {
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    return [...new Set([this.getLabelCol(), this.getFeaturesCol(), weight].filter((name) => name !== ''))]
  }

  /** The classifier that tells one class from the rest. */
  private classifierOf(k: number): Estimator<Transformer> {
    return this.getClassifier().copy({
      featuresCol: this.getFeaturesCol(),
      labelCol: labelOf(k),
      predictionCol: this.getPredictionCol(),
      ...(this.isDefined('weightCol') && this.getWeightCol() !== '' ? { weightCol: this.getWeightCol() } : {}),
    })
  }

  /** A column that is 1 where the label is one class, else 0. */
  private relabelled(k: number): BatchTransform {
    const column = this.getLabelCol()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [Attribute.toStructField(BinaryAttribute({ name: labelOf(k) }))],
      filters: false,
      run: ([labels], length, firstRow) => {
        const data = doublesOf(labels, length, { stage: this.uid, column, firstRow })
        return { columns: [{ kind: 'f64', data: data.map((label) => (label === k ? 1 : 0)), valid: null }] }
      },
    }
  }

  /** Number of classes, with all labels checked. */
  private async countClasses(rows: DataFrame, signal?: AbortSignal): Promise<number> {
    const column = this.getLabelCol()
    const declared = declaredClasses(rows.schema, column)
    let largest = 0
    let firstRow = 0
    for await (const { columns, length } of rows.batches([column], { signal })) {
      const origin = { stage: this.uid, column, firstRow }
      const labels = doublesOf(columns[0], length, origin)
      checkClassLabels(labels, declared, origin)
      for (const label of labels) if (label > largest) largest = label
      firstRow += length
    }
    if (declared !== undefined) return declared
    if (largest >= MAX_INFERRED) throw labelBeyond(MAX_INFERRED, largest, { stage: this.uid, column })
    return largest + 1
  }

  /** Metadata of a label column that tells its classes. */
  private labelMetadata(schema: StructType): Metadata {
    const field = fieldOf(schema, this.getLabelCol())
    return declaredClasses(schema, field.name) === undefined
      ? {}
      : Attribute.toMetadata(Attribute.fromStructField(field, true))
  }

  private requireScores(model: Transformer): ClassificationModel {
    if (model instanceof ClassificationModel) return model
    throw new UnsupportedError(`the model of ${this.getClassifier().uid} gives no raw scores`, {
      stage: this.uid,
      param: 'classifier',
      allowed: 'A classifier whose model extends ClassificationModel',
      hint: 'Make its model with classificationModel() of ridgeline/classification.',
    })
  }
}

/** Name of the label column of one class against the rest, as in Spark. */
const labelOf = (k: number): string => `mc2b$${k}`
