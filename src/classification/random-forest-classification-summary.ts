import type { InstanceBlock } from '../optim/instances.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ClassificationModel } from './classification-model.js'
import { BinaryClassificationSummary, ClassificationSummary, ofTraining } from './classification-summary.js'
import { evaluateClassifier, trainingParts } from './summarize.js'

/** How well a random forest fits a frame (Spark's `RandomForestClassificationSummary`), see `ClassificationSummary`. */
export class RandomForestClassificationSummary extends ClassificationSummary {}

/**
 * Summary of a fit on its training data (Spark's `RandomForestClassificationTrainingSummary`). A forest has no objective:
 * `objectiveHistory` is `[0]`.
 */
export class RandomForestClassificationTrainingSummary extends ofTraining(RandomForestClassificationSummary) {}

/**
 * How well a random forest of two classes fits a frame (Spark's `BinaryRandomForestClassificationSummary`), with curves of the
 * probability of class 1, see `BinaryClassificationSummary`.
 */
export class BinaryRandomForestClassificationSummary extends BinaryClassificationSummary {}

/**
 * Summary of a fit of two classes on its training data (Spark's `BinaryRandomForestClassificationTrainingSummary`). A forest
 * has no objective: `objectiveHistory` is `[0]`.
 */
export class BinaryRandomForestClassificationTrainingSummary extends ofTraining(
  BinaryRandomForestClassificationSummary,
) {}

/** Judges a forest on any frame. @throws as `evaluateClassifier`. */
export async function summarizeRandomForest(
  model: ClassificationModel,
  data: DataFrame,
  signal?: AbortSignal,
): Promise<RandomForestClassificationSummary | BinaryRandomForestClassificationSummary> {
  const parts = await evaluateClassifier(model, data, 'probabilityCol', signal)
  return model.numClasses <= 2
    ? new BinaryRandomForestClassificationSummary(parts)
    : new RandomForestClassificationSummary(parts)
}

/** The summary of a fit. @param blocks the rows of `data` that the forest was fitted on. */
export function randomForestTrainingSummary(
  model: ClassificationModel,
  data: DataFrame,
  blocks: readonly InstanceBlock[],
): RandomForestClassificationTrainingSummary | BinaryRandomForestClassificationTrainingSummary {
  const parts = trainingParts(model, data, blocks, 'probabilityCol', [0])
  return model.numClasses <= 2
    ? new BinaryRandomForestClassificationTrainingSummary(parts)
    : new RandomForestClassificationTrainingSummary(parts)
}
