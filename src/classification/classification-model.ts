import { ParamError } from '../errors.js'
import { DenseVector, type Vector } from '../linalg/vector.js'
import type { ParamTable } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import type { StateTable } from '../param/state.js'
import { type ModelClass, modelOver } from '../pipeline/define.js'
import { PredictionModel } from '../pipeline/prediction-model.js'
import { type RowNumbers, rowNumbers } from '../scoring/slot-forms.js'
import type { WriteSlots } from '../scoring/vector-forms.js'
import { Attribute, AttributeGroup, NominalAttribute } from '../sql/attributes.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import { printable, type ReadNumber, type RowForm, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { StructField, type StructType, VectorUDT } from '../sql/types.js'
import { bestClass, classByThresholds, classesOf, type Decision, type Softening } from './decisions.js'

/**
 * What fitted classifiers share (Spark's `ClassificationModel`): the columns of raw scores and of predictions, and both for one
 * vector. A subclass gives the scores of a batch. A column whose name is the empty string is not made.
 */
export abstract class ClassificationModel extends PredictionModel {
  /** Number of classes; predictions are 0 to `numClasses - 1`. */
  abstract readonly numClasses: number

  /** How many scores a row has; as many as there are classes, unless a model for two classes saw one only. */
  get scoresPerRow(): number {
    return this.numClasses
  }

  /**
   * Raw scores of the first `length` rows of a column of vectors of length `numFeatures` without nulls: `scoresPerRow` numbers a row, row
   * after row.
   */
  abstract rawScores(features: VectorColumn, length: number): Float64Array

  /**
   * How the raw scores of one row are computed, for scorers of single rows (`src/sql/row-form.ts`); undefined: over columns.
   * @param features a vector of `numFeatures` slots.
   */
  rowScores(_features: VectorForm): WriteNumbers | undefined {
    return undefined
  }

  /** How a class follows from the raw scores of a row; undefined where it follows from probabilities. */
  protected rawDecision(): Decision | undefined {
    return printable(bestClass, this.scoresPerRow)
  }

  /** Classes by raw scores. */
  rawToPrediction(raw: Float64Array): Float64Array {
    return classesOf(raw, this.scoresPerRow, this.rawDecision() ?? bestClass(this.scoresPerRow))
  }

  override predict(features: Vector): number {
    return this.rawToPrediction(this.rawScores(this.row(features), 1))[0]
  }

  /**
   * The raw scores of one row, one a class.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  predictRaw(features: Vector): Vector {
    return new DenseVector(this.rawScores(this.row(features), 1))
  }

  protected override outputs(_schema: StructType): StructField[] {
    const fields: StructField[] = []
    if (this.makes('rawPredictionCol')) fields.push(this.classVector('rawPredictionCol'))
    if (this.makes('predictionCol')) {
      const name = this.getOrDefault('predictionCol') as string
      fields.push(Attribute.toStructField(NominalAttribute({ name, numValues: this.numClasses })))
    }
    return fields
  }

  protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
    const columns: ColumnData[] = []
    const raw = this.rawScores(features, length)
    if (this.makes('rawPredictionCol')) columns.push(denseVectors(raw, this.scoresPerRow))
    if (this.makes('predictionCol')) columns.push({ kind: 'f64', data: this.rawToPrediction(raw), valid: null })
    return columns
  }

  protected override outputForms(features: VectorForm): RowForm[] | undefined {
    const write = this.rowScores(features)
    return write && this.scoreForms(rowNumbers(this.scoresPerRow, write))
  }

  /** Forms of the columns that follow from the raw scores of a row. */
  protected scoreForms(scores: RowNumbers): RowForm[] | undefined {
    const forms: RowForm[] = []
    if (this.makes('rawPredictionCol')) forms.push(scores.form)
    if (!this.makes('predictionCol')) return forms
    const decide = this.rawDecision()
    return decide && [...forms, classForm(scores, decide)]
  }

  /** Field of a column of vectors with one entry a class. */
  protected classVector(param: string): StructField {
    const name = this.getOrDefault(param) as string
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.numClasses).toMetadata())
  }
}

/**
 * What fitted classifiers with probabilities share (Spark's `ProbabilisticClassificationModel`): in addition the column of
 * probabilities, and `thresholds`: the class of the largest `probability / threshold` is predicted.
 */
export abstract class ProbabilisticClassificationModel extends ClassificationModel {
  /** Turns raw scores into probabilities in place. */
  abstract rawToProbability(raw: Float64Array): void

  /** How the scores of one row become probabilities, for scorers of single rows; undefined: over columns. */
  protected softening(): Softening | undefined {
    return undefined
  }

  protected override rawDecision(): Decision | undefined {
    return this.isDefined('thresholds') ? undefined : super.rawDecision()
  }

  /** How a class follows from the probabilities of a row. */
  protected probabilityDecision(): Decision {
    if (!this.isDefined('thresholds')) return printable(bestClass, this.scoresPerRow)
    return printable(classByThresholds, Float64Array.from(this.getOrDefault('thresholds') as readonly number[]))
  }

  override rawToPrediction(raw: Float64Array): Float64Array {
    const decide = this.rawDecision()
    if (decide) return classesOf(raw, this.scoresPerRow, decide)
    const probabilities = raw.slice()
    this.rawToProbability(probabilities)
    return this.probabilityToPrediction(probabilities)
  }

  /** Classes by probabilities. */
  probabilityToPrediction(probabilities: Float64Array): Float64Array {
    return classesOf(probabilities, this.scoresPerRow, this.probabilityDecision())
  }

  /**
   * The probabilities of one row, one a class.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  predictProbability(features: Vector): Vector {
    const values = this.rawScores(this.row(features), 1)
    this.rawToProbability(values)
    return new DenseVector(values)
  }

  /** @throws ParamError also when there is not one threshold a class. */
  override transformSchema(schema: StructType): StructType {
    if (this.isDefined('thresholds')) {
      requireThresholds(this.uid, this.getOrDefault('thresholds') as readonly number[], this.numClasses)
    }
    return super.transformSchema(schema)
  }

  protected override outputs(schema: StructType): StructField[] {
    const fields = super.outputs(schema)
    if (this.makes('probabilityCol')) {
      fields.splice(this.makes('rawPredictionCol') ? 1 : 0, 0, this.classVector('probabilityCol'))
    }
    return fields
  }

  protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
    const { scoresPerRow } = this
    const columns: ColumnData[] = []
    const raw = this.rawScores(features, length)
    let probabilities: Float64Array | undefined
    if (this.makes('rawPredictionCol')) columns.push(denseVectors(raw, scoresPerRow))
    if (this.makes('probabilityCol')) {
      probabilities = raw.slice()
      this.rawToProbability(probabilities)
      columns.push(denseVectors(probabilities, scoresPerRow))
    }
    if (this.makes('predictionCol')) {
      // Spark decides by the first column that is made: where two classes come to the same probability, only the scores tell them apart.
      const data =
        probabilities && !this.makes('rawPredictionCol')
          ? this.probabilityToPrediction(probabilities)
          : this.rawToPrediction(raw)
      columns.push({ kind: 'f64', data, valid: null })
    }
    return columns
  }

  protected override scoreForms(scores: RowNumbers): RowForm[] | undefined {
    const soften = this.softening()
    if (!soften) return undefined
    const { known, slots } = scores
    const size = this.scoresPerRow
    const probabilities = rowNumbers(size, printable(softened, known, slots, soften))
    const forms: RowForm[] = []
    if (this.makes('rawPredictionCol')) forms.push(scores.form)
    if (this.makes('probabilityCol')) forms.push(probabilities.form)
    if (this.makes('predictionCol')) {
      const byRaw = this.makes('rawPredictionCol') || !this.makes('probabilityCol') ? this.rawDecision() : undefined
      forms.push(byRaw ? classForm(scores, byRaw) : classForm(probabilities, this.probabilityDecision()))
    }
    return forms
  }
}

const decided =
  (known: WriteSlots, slots: Float64Array, decide: Decision): ReadNumber =>
  (row) =>
    known(row) ? decide(slots, 0) : Number.NaN

/** The class of one row. */
const classForm = ({ known, slots }: RowNumbers, decide: Decision): RowForm => ({
  kind: 'number',
  read: printable(decided, known, slots, decide),
})

const softened =
  (known: WriteSlots, slots: Float64Array, soften: Softening): WriteNumbers =>
  (row, into, at) => {
    if (!known(row)) return false
    into.set(slots, at)
    return soften(into, at)
  }

/** @throws ParamError unless there is one threshold a class. */
export function requireThresholds(stage: string, thresholds: readonly number[], numClasses: number): void {
  if (thresholds.length === numClasses) return
  throw new ParamError(`"thresholds" has ${thresholds.length} numbers and there are ${numClasses} classes`, {
    stage,
    param: 'thresholds',
    allowed: `Allowed: one number for each of ${numClasses} classes`,
    received: `${thresholds.length} numbers`,
    hint: 'Give one threshold a class, or leave thresholds unset.',
  })
}

/** Base class of the model of a classifier: `class XModel extends classificationModel('org.apache…XModel', params, state) { … }`. */
export function classificationModel<const T extends ParamTable, const D extends StateTable>(
  sparkClass: string,
  params: T,
  state: D,
  rules: readonly Rule[] = [],
): ModelClass<T, D, ClassificationModel> {
  return modelOver(ClassificationModel, sparkClass, params, state, rules)
}

/** Base class of the model of a classifier with probabilities. */
export function probabilisticModel<const T extends ParamTable, const D extends StateTable>(
  sparkClass: string,
  params: T,
  state: D,
  rules: readonly Rule[] = [],
): ModelClass<T, D, ProbabilisticClassificationModel> {
  return modelOver(ProbabilisticClassificationModel, sparkClass, params, state, rules)
}
