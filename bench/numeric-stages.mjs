// Numeric feature stages beside scikit-learn's counterparts: transforms of 100,000 rows, of vectors of 20 slots or of one column.

/** Names of the stages, what they are compared with, and where that is not of scikit-learn, whose it is. */
const STAGES = {
  Binarizer: ['Binarizer'],
  DCT: ['dct', 'scipy'],
  ElementwiseProduct: ['a product', 'numpy'],
  Imputer: ['SimpleImputer, one column'],
  Interaction: ['a product', 'numpy'],
  MaxAbsScaler: ['MaxAbsScaler'],
  MinMaxScaler: ['MinMaxScaler'],
  Normalizer: ['Normalizer'],
  PCA: ['PCA, 5 components'],
  PolynomialExpansion: ['PolynomialFeatures, degree 2'],
  QuantileDiscretizer: ['KBinsDiscretizer, 10 bins, one column'],
  RobustScaler: ['RobustScaler'],
  VarianceThresholdSelector: ['VarianceThreshold'],
  VectorSlicer: ['columns', 'numpy'],
}

/** `minMaxScaler` to `min-max-scaler`. */
const dashed = (/** @type {string} */ name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

/**
 * @param {(job: string, ...args: (string | number)[]) => string[]} node
 * @param {(peer: string, ...args: (string | number)[]) => string[]} py
 * @returns {import('./benchmarks.mjs').Benchmark[]}
 */
export const numericStages = (node, py) =>
  Object.entries(STAGES).map(([stage, [peer, system = 'scikit-learn']]) => ({
    name: `feature-${dashed(stage)}`,
    what: `${stage}, transform of 100,000 rows (${peer}); 1 ms is 10 ns a row, 0.5 ns a value of 20`,
    data: node('tree-data', 100_000),
    threads: 1,
    systems: {
      Ridgeline: node('numeric-stages', stage, 20),
      [system]: py('numeric_stages', stage, 20),
    },
  }))
