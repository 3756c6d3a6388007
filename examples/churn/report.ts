// The findings as one HTML file that needs no other: tables and charts.
import { barChart, escapeHtml, type LineSeries, lineChart } from '../shared/charts.js'

/** Customers counted by what was expected and what came. */
export interface Confusion {
  /** Left, as expected. */
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** What came out for one model on the test customers. */
export interface ModelFindings {
  readonly name: string
  /** Parameters that cross-validation chose. */
  readonly chosen: string
  /** Mean area under the ROC curve over the folds, of the chosen parameters. */
  readonly crossValidated: number
  readonly areaUnderROC: number
  readonly areaUnderPR: number
  /** Share of right predictions at a probability of one half. */
  readonly accuracy: number
  /** Probability with the best F1 on the validation customers. */
  readonly threshold: number
  readonly confusion: Confusion
  readonly roc: LineSeries['points']
  readonly pr: LineSeries['points']
  /** Of trees: importance of each feature, in the order of `features`. */
  readonly importances?: readonly number[]
}

/** What the report tells. */
export interface Findings {
  readonly about: string
  /** Share of the test customers who left. */
  readonly churnRate: number
  readonly features: readonly string[]
  readonly models: readonly ModelFindings[]
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;color:#1f2933;max-width:1080px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.35rem .8rem;border-bottom:1px solid #d5dbe1;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}.charts{display:flex;flex-wrap:wrap;gap:1rem}.charts svg{width:520px;max-width:100%}`

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Precision, recall and their harmonic mean. */
export function scores({ truePositives, falsePositives, falseNegatives }: Confusion): {
  precision: number
  recall: number
  f1: number
} {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
  return {
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, truePositives + falseNegatives),
    f1: share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  }
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts.map((t) => `<${tag}>${escapeHtml(t)}</${tag}>`).join('')
  return `<table><thead><tr>${cells('th', heads)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody></table>`
}

function curves({ models, churnRate }: Findings): string[] {
  const named = (area: 'areaUnderROC' | 'areaUnderPR', points: 'roc' | 'pr'): LineSeries[] =>
    models.map((m) => ({ name: `${m.name} ${m[area].toFixed(3)}`, points: m[points] }))
  const described = (series: LineSeries[]) => `Area by model: ${series.map(({ name }) => name).join('; ')}`
  const roc = named('areaUnderROC', 'roc')
  const pr = named('areaUnderPR', 'pr')
  return [
    lineChart(
      {
        title: 'ROC curve, test customers',
        description: described(roc),
        xLabel: 'False positive rate: of those who stayed, expected to leave',
        yLabel: 'True positive rate: of those who left, expected to',
        guessing: [0, 1],
      },
      roc,
    ),
    lineChart(
      {
        title: 'Precision and recall, test customers',
        description: described(pr),
        xLabel: 'Recall: of those who left, expected to',
        yLabel: 'Precision: of those expected to leave, left',
        guessing: [churnRate, churnRate],
      },
      pr,
    ),
  ]
}

/** Features by falling importance, summed over the models that know it. */
function importances({ features, models }: Findings): string {
  const series = models.flatMap(({ name, importances: values }) => (values ? [{ name, values }] : []))
  const total = features.map((_, i) => series.reduce((sum, { values }) => sum + values[i], 0))
  const order = features.map((_, i) => i).sort((a, b) => total[b] - total[a])
  return barChart(
    {
      title: 'Feature importances',
      description: `From most to least important: ${order.map((i) => features[i]).join(', ')}`,
      xLabel: 'Share of the gain of all splits',
    },
    order.map((i) => features[i]),
    series.map(({ name, values }) => ({ name, values: order.map((i) => values[i]) })),
  )
}

/** The report as HTML text. */
export function html(findings: Findings): string {
  const { about, models } = findings
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Churn report</title><style>${STYLE}</style></head>
<body>
<h1>Who will leave?</h1>
<p>${escapeHtml(about)}</p>
<h2>Models</h2>
${table(
  ['model', 'AUC, folds', 'AUC, test', 'PR area, test', 'accuracy, test', 'chosen by cross-validation'],
  models.map((m) => [
    m.name,
    ...[m.crossValidated, m.areaUnderROC, m.areaUnderPR].map((x) => x.toFixed(4)),
    percent(m.accuracy),
    m.chosen,
  ]),
)}
<h2>At the threshold with the best F1</h2>
<p>The threshold is chosen on validation customers that no model learned from; the counts are those of the test customers.</p>
${table(
  ['model', 'threshold', 'left: expected', 'missed', 'stayed: false alarm', 'expected', 'precision', 'recall', 'F1'],
  models.map(({ name, threshold, confusion: c }) => {
    const { precision, recall, f1 } = scores(c)
    return [
      name,
      threshold.toFixed(3),
      ...[c.truePositives, c.falseNegatives, c.falsePositives, c.trueNegatives].map(String),
      percent(precision),
      percent(recall),
      f1.toFixed(4),
    ]
  }),
)}
<h2>Curves and importances</h2>
<div class="charts">
${[...curves(findings), importances(findings)].join('\n')}
</div>
</body>
</html>
`
}
