import type { InstanceBlock } from '../optim/instances.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ClassificationModel } from './classification-model.js'
import { BinaryClassificationSummary, ClassificationSummary, ofTraining } from './classification-summary.js'
import { evaluateClassifier, trainingParts } from './summarize.js'

/** How well a logistic regression model fits a frame (Spark's `LogisticRegressionSummary`), see `ClassificationSummary`. */
export class LogisticRegressionSummary extends ClassificationSummary {
  /** Name of the column of probabilities. */
  get probabilityCol(): string {
    return this.scoreCol
  }
}

/** Summary of a fit on its training data (Spark's `LogisticRegressionTrainingSummary`). */
export class LogisticRegressionTrainingSummary extends ofTraining(LogisticRegressionSummary) {}

/**
 * How well a logistic regression model of two classes fits a frame (Spark's `BinaryLogisticRegressionSummary`), with curves of
 * the probability of class 1, see `BinaryClassificationSummary`.
 */
export class BinaryLogisticRegressionSummary extends BinaryClassificationSummary {
  /** Name of the column of probabilities. */
  get probabilityCol(): string {
    return this.scoreCol
  }
}

/** Summary of a fit of two classes on its training data (Spark's `BinaryLogisticRegressionTrainingSummary`). */
export class BinaryLogisticRegressionTrainingSummary extends ofTraining(BinaryLogisticRegressionSummary) {}

/** Judges a model on any frame. @throws as `evaluateClassifier`. */
export async function summarizeLogisticRegression(
  model: ClassificationModel,
  data: DataFrame,
  signal?: AbortSignal,
): Promise<LogisticRegressionSummary | BinaryLogisticRegressionSummary> {
  const parts = await evaluateClassifier(model, data, 'probabilityCol', signal)
  return model.numClasses <= 2 ? new BinaryLogisticRegressionSummary(parts) : new LogisticRegressionSummary(parts)
}

/** The summary of a fit. @param blocks the rows of `data` that the model was fitted on. */
export function logisticRegressionTrainingSummary(
  model: ClassificationModel,
  data: DataFrame,
  blocks: readonly InstanceBlock[],
  objectiveHistory: readonly number[],
): LogisticRegressionTrainingSummary | BinaryLogisticRegressionTrainingSummary {
  const parts = trainingParts(model, data, blocks, 'probabilityCol', objectiveHistory)
  return model.numClasses <= 2
    ? new BinaryLogisticRegressionTrainingSummary(parts)
    : new LogisticRegressionTrainingSummary(parts)
}
