import type { InstanceBlock } from '../optim/instances.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ClassificationModel } from './classification-model.js'
import { BinaryClassificationSummary, ofTraining } from './classification-summary.js'
import { evaluateClassifier, trainingParts } from './summarize.js'

/**
 * How well a linear support vector machine fits a frame (Spark's `LinearSVCSummary`), with curves of the margin, see
 * `BinaryClassificationSummary`.
 */
export class LinearSVCSummary extends BinaryClassificationSummary {}

/** Summary of a fit on its training data (Spark's `LinearSVCTrainingSummary`). */
export class LinearSVCTrainingSummary extends ofTraining(LinearSVCSummary) {}

/** Judges a model on any frame. @throws as `evaluateClassifier`. */
export async function summarizeLinearSVC(
  model: ClassificationModel,
  data: DataFrame,
  signal?: AbortSignal,
): Promise<LinearSVCSummary> {
  return new LinearSVCSummary(await evaluateClassifier(model, data, 'rawPredictionCol', signal))
}

/** The summary of a fit. @param blocks the rows of `data` that the model was fitted on. */
export function linearSVCTrainingSummary(
  model: ClassificationModel,
  data: DataFrame,
  blocks: readonly InstanceBlock[],
  objectiveHistory: readonly number[],
): LinearSVCTrainingSummary {
  return new LinearSVCTrainingSummary(trainingParts(model, data, blocks, 'rawPredictionCol', objectiveHistory))
}
