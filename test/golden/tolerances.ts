/** How near numbers of some cases must be, and why not nearer. */
interface Tolerance {
  /** Matches `<case id>#<path of the value>`; the first row that matches counts. */
  readonly at: RegExp
  /** Only for corpora of other machines, see `strict`. */
  readonly elsewhere?: boolean
  readonly tolerance: number
  readonly reason: string
}

const tolerances: readonly Tolerance[] = [
  {
    at: /^regression\/LinearRegression\/.*#.*(pValues|tValues|coefficientStandardErrors)/,
    tolerance: 1e-8,
    reason: 'divided by the square root of a small pivot; tails of the t distribution lose digits',
  },
  {
    at: /#.*pValues/,
    tolerance: 2e-7,
    reason:
      'commons-math takes the tail at df / (df + t^2), which has lost a t below 1e-7: the square root of its rounding remains',
  },
  {
    at: /^regression\/LinearRegression\//,
    tolerance: 1e-9,
    reason: 'the order of summation differs (blocks), and iterations carry the difference on',
  },
  {
    at: /^classification\/LogisticRegression\/bounds_/,
    tolerance: 1e-9,
    reason:
      "the small matrices of L-BFGS-B are inverted by another elimination than LAPACK's, and iterations carry rounding on",
  },
  {
    at: /^classification\/LogisticRegression\/multinomial_reg0\.0_en0\.0#/,
    elsewhere: true,
    tolerance: 1e-5,
    reason:
      'classes that a plane separates: coefficients grow for as long as the search goes on, and rounding moves where it stops',
  },
  {
    at: /^classification\/(LogisticRegression|LinearSVC|OneVsRest)\//,
    elsewhere: true,
    tolerance: 1e-9,
    reason:
      'registers of another width fuse other products; iterations, for the hinge loss a hundred steps of backtracking over its kinks, carry that on',
  },
  {
    at: /^pipeline\/rides\/rides5#.*(meanSquaredError|rootMeanSquaredError|meanAbsoluteError|devianceResiduals)/,
    tolerance: 10,
    reason: 'a perfect fit: what remains (1e-8 of the label) is rounding error; only its size is compared',
  },
  {
    at: /^tuning\/.*#(foldMetrics|avgMetrics|validationMetrics)/,
    tolerance: 1e-7,
    reason: 'iterations stop when the objective changes by less than 1e-6: rounding moves what is left of the way',
  },
  {
    at: /^(pipeline|tuning)\//,
    tolerance: 1e-9,
    reason: 'the last stage is an iterative learner',
  },
  {
    at: /^feature\/(StandardScaler|PCA)\//,
    tolerance: 1e-11,
    reason: 'variances are differences of sums, taken in another order',
  },
]

/** Numbers that are no sums at all, and closed forms: rounding of a few operations. */
const CLOSED_FORM = 1e-12

/**
 * The packed corpus is compared strictly, also where a problem is nearly singular and the last bits of sums decide the answer.
 * Those bits depend on the width of the vector registers that Spark's Java BLAS found (ours are those of 8 lanes), so that a
 * corpus of another machine may differ in directions which the data leave open, and is given room in those alone.
 */
export const strict = !process.env.RIDGELINE_GOLDEN

/**
 * What rounding alone does to the solution of normal equations: the ratio of the recorded standard errors, squared, is about
 * their condition number.
 */
export function conditioning(standardErrors: unknown): number {
  if (strict || !Array.isArray(standardErrors)) return 0
  const finite = standardErrors.filter((x): x is number => typeof x === 'number' && x > 0)
  return finite.length === 0 ? 0 : 4 * Number.EPSILON * (Math.max(...finite) / Math.min(...finite)) ** 2
}

export const toleranceAt = (id: string, path: string): number =>
  tolerances.find(({ at, elsewhere }) => !(strict && elsewhere) && at.test(`${id}#${path}`))?.tolerance ?? CLOSED_FORM
