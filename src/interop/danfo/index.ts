export type { DanfoDataFrame } from '../../sql/danfo.js'
export { type FromDanfoOptions, fromDanfo } from './from-danfo.js'
export { type DanfoModule, type ToDanfoOptions, toDanfo } from './to-danfo.js'
