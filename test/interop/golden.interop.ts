import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { python } from '../../scripts/peers.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Another seed than that of the recorded corpus: other data, the same questions. */
const SEED = 20261

/** Cases whose classes exist here. */
const CASES = [
  'regression/(LinearRegression|(DecisionTree|RandomForest|GBT)Regressor)/',
  'classification/(LogisticRegression|LinearSVC|OneVsRest|(DecisionTree|RandomForest|GBT)Classifier)/',
  // On two partitions, Spark's tasks of Word2Vec write to the same arrays at the same time: it differs from itself.
  'feature/(?!Word2Vec/.*parts2)',
  'stat/',
  'tuning/',
  'pipeline/(rides|empty)',
  'evaluation/((Regression|BinaryClassification|MulticlassClassification)Evaluator|saved/(Reg|Binary|Multiclass))',
  'random/',
].join('|')

it('agrees with real Spark on data that was never seen before', () => {
  const corpus = mkdtempSync(join(tmpdir(), 'ridgeline-golden-'))
  try {
    const generator = join(root, 'scripts', 'golden', 'generate.py')
    const made = spawnSync(python, [generator, corpus, '--seed', String(SEED), '--only', CASES], { encoding: 'utf8' })
    expect(made.status, made.stderr.slice(-4000)).toBe(0)
    const vitest = join(root, 'node_modules', '.bin', 'vitest')
    const checked = spawnSync(vitest, ['run', 'test/golden'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, RIDGELINE_GOLDEN: corpus },
    })
    expect(checked.status, (checked.stdout + checked.stderr).slice(-8000)).toBe(0)
  } finally {
    rmSync(corpus, { recursive: true, force: true })
  }
})
