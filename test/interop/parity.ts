import { classesOf } from '../golden/classes.js'
import { Corpus } from '../golden/corpus.js'
import * as gaps from '../golden/gaps.js'
import { expectedGap } from '../golden/verdict.js'

/** What one Spark made of one saved stage. */
export interface Finding {
  readonly spark: string
  /** Class of the stage; for a model that of its estimator. */
  readonly name: string
  readonly isEstimator: boolean
  loads: boolean
  /** Least of the tolerances within which the results agree. */
  difference?: number
  /** Spark saved it again, and we loaded that. */
  saves: boolean
  /** What Spark had changed in it. */
  changes: readonly string[]
}

const number = (difference: number | undefined): string =>
  difference === undefined ? 'no' : difference === 0 ? 'exact' : difference.toExponential()
const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const unique = (values: readonly string[]): string[] => [...new Set(values)]

/** `predict` of what transforms or evaluates, `fit` of an estimator; a class that has no such thing has no cell. */
function classRow(name: string, findings: readonly Finding[]): string {
  const worst = (isEstimator: boolean): string => {
    const found = findings.filter((finding) => finding.isEstimator === isEstimator)
    return found.map(({ difference }) => number(difference)).join(', ')
  }
  return row(
    name,
    findings.every(({ loads }) => loads) ? 'yes' : 'no',
    worst(false),
    worst(true),
    findings.every(({ saves }) => saves)
      ? unique(['yes', ...findings.flatMap(({ changes }) => changes)]).join('; ')
      : 'no',
  )
}

function sparkSection(spark: string, findings: readonly Finding[]): string {
  const rows = unique(findings.map(({ name }) => name)).map((name) =>
    classRow(
      name,
      findings.filter((finding) => finding.name === name),
    ),
  )
  return [
    `## Spark ${spark}\n`,
    row('class', 'load', 'predict', 'fit', 'save again'),
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** Per class: how many of its recorded cases agree, and why the others do not. */
function goldenRows(): string[] {
  const cases = Corpus.open('').cases()
  return unique(cases.map((golden) => golden.class)).map((name) => {
    const own = cases.filter((golden) => golden.class === name)
    const reasons = own.flatMap(({ id, params }) => expectedGap(id, classesOf(name, params), gaps) ?? [])
    return row(name, `${own.length - reasons.length} of ${own.length}`, unique(reasons).join('; '))
  })
}

/** docs/parity.md. */
export function parityPage(findings: readonly Finding[]): string {
  const sections = unique(findings.map(({ spark }) => spark)).map((spark) =>
    sparkSection(
      spark,
      findings.filter((finding) => finding.spark === spark),
    ),
  )
  return `<!-- Made by test/interop/saved.interop.ts: npm run test:interop -- test/interop/saved.interop.ts -u -->

# Parity with Spark

What real Spark does with every class of the registry, as \`npm run test:interop\` finds it with the Spark that Ridgeline follows and with the newest one. The examples are those of
\`test/checks/cases.ts\`; each stage, and the model that Ridgeline fits, is saved in Spark's format, and Spark loads it.

- **load**: Spark loads what Ridgeline saved, estimator and model.
- **predict**: the loaded model, transformer or evaluator on the rows of the example, against ours: the least power of ten that the largest difference stays within, relative to the
  largest number of the column or vector slot. \`exact\`: every bit. More than 1e-12 fails the run.
- **fit**: Spark fits the loaded estimator and transforms the rows, against our own fit. More than 1e-6 fails the run.
- **save again**: what Spark saves of the stage that it loaded is loaded by Ridgeline, and everything in it is as it was; or what Spark changes.

${sections.join('\n\n')}

## Recorded cases

Cases of the golden corpus, recorded by Spark 4.0.1, that \`npm test\` repeats: parameters, fitted values, schemas, rows and errors. It
also loads every model that Spark saved with them, and compares its predictions to 1e-12.

| class | agree | others |
|---|---|---|
${goldenRows().join('\n')}
`
}

/** A page without what changes from machine to machine, and when a new Spark is published. */
export const steadyPart = (page: string): string => page.replace(/\b(exact|1e-\d+|\d+\.\d+\.\d+)\b/g, '…')
