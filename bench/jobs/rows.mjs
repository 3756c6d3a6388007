// Rows of the data jobs as frames in memory, and how well they are predicted.
import { join } from 'node:path'
import { RegressionEvaluator, read, VectorAssembler } from 'ridgeline'

/** Features in one column of vectors, and labels. */
export async function rows(/** @type {string} */ folder, /** @type {string} */ name, width = 20) {
  const inputCols = Array.from({ length: width }, (_, j) => `x${j}`)
  const assembler = new VectorAssembler({ inputCols, outputCol: 'features' })
  const frame = assembler
    .transform(await read.parquet(join(folder, name)))
    .select('features', 'label')
    .cache()
  await frame.count()
  return frame
}

/** Function from a model to its error on the rows that no model saw. */
export const holdoutError =
  (/** @type {string} */ folder) => async (/** @type {import('ridgeline').Transformer} */ model) =>
    new RegressionEvaluator().evaluate(model.transform(await rows(folder, 'trees-holdout')))
