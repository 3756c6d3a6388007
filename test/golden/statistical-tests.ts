import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { ANOVATest } from '../../src/stat/anova-test.js'
import { ChiSquareTest } from '../../src/stat/chi-square-test.js'
import { Correlation } from '../../src/stat/correlation.js'
import { FValueTest } from '../../src/stat/f-value-test.js'
import { KolmogorovSmirnovTest } from '../../src/stat/kolmogorov-smirnov-test.js'
import { MultivariateGaussian } from '../../src/stat/multivariate-gaussian.js'
import { Summarizer } from '../../src/stat/summarizer.js'
import { differences, plain } from '../helpers/compare.js'
import type { GoldenCase } from './corpus.js'
import type { Frames } from './frames.js'
import { toleranceAt } from './tolerances.js'

type Answer = (golden: GoldenCase, frames: Frames) => unknown

const rows = async (frame: Promise<DataFrame>) => (await frame).collect()
const row = async (frame: Promise<DataFrame>) => (await frame).head()
const test = KolmogorovSmirnovTest.test

/** The same questions as in the generator, answered by ours. */
const answers: Readonly<Record<string, Answer>> = {
  ChiSquareTest: async ({ input }, frames) => ({
    row: await row(ChiSquareTest.test(frames.frame(input), 'fcat', 'label')),
    flatten: await rows(ChiSquareTest.test(frames.frame(input), 'fcat', 'label', true)),
  }),
  ANOVATest: ({ input }, frames) => rows(ANOVATest.test(frames.frame(input), 'fcont', 'label', true)),
  FValueTest: ({ input }, frames) => rows(FValueTest.test(frames.frame(input), 'fcont', 'y', true)),
  KolmogorovSmirnovTest: async ({ input }, frames) => ({
    'N(0,1)': await row(test(frames.frame(input), 'normal', 'norm', 0, 1)),
    default: await row(test(frames.frame(input), 'normal', 'norm')),
    'N(5,5) on exp': await row(test(frames.frame({ ...input, partitions: 2 }), 'exp', 'norm', 5, 5)),
  }),
  Correlation: async ({ id, input }, frames) => {
    const method = id.includes('/pearson') ? 'pearson' : 'spearman'
    const column = input.dataset === 'select' ? 'fcat' : 'features'
    const found = await row(Correlation.corr(frames.frame(input), column, method))
    return found?.[`${method}(${column})`]
  },
  Summarizer: async ({ id, input }, frames) => {
    const metrics = [
      'mean',
      'sum',
      'variance',
      'std',
      'count',
      'numNonZeros',
      'max',
      'min',
      'normL1',
      'normL2',
    ] as const
    const column = input.dataset.startsWith('vecs') ? 'v' : 'features'
    const summary = Summarizer.metrics(...metrics).summary(column, id.includes('_w_') ? 'weight' : undefined)
    const found = await frames.frame(input).select(summary.alias('s')).head()
    return found?.s
  },
  MultivariateGaussian: ({ id }) => {
    const cov = id.endsWith('/singular') ? [1, 1, 1, 1] : [2, 0.3, 0.3, 1]
    const gaussian = new MultivariateGaussian(Vectors.dense(0.5, 1), Matrices.dense(2, 2, cov))
    const points = [Vectors.dense(0, 0), Vectors.dense(1, 2), Vectors.dense(-3, 0.5)]
    return points.map((point) => gaussian.logpdf(point))
  },
}

/** Differences of the statistical tests, and of the distribution, from what Spark gave. */
async function statisticalDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const answer = plain(await answers[golden.class](golden, frames))
  // A p value is a difference from 1, and what is small has the rounding error of 1.
  const nearness = { tolerance: toleranceAt(golden.id, 'result'), scale: 1 }
  return differences('result', answer, golden.result ?? null, nearness)
}

export const statisticalAdapters = Object.fromEntries(
  Object.keys(answers).map((name) => [name, statisticalDifferences]),
)
