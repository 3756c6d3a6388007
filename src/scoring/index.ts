export { loadScorer } from './load-scorer.js'
export type { RowScorer, ScoredRow, ScorerOptions } from './row-scorer.js'
