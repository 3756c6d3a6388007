// Usage: large-file.mjs ols|scaler ROWS FOLDER. Fits a parquet file that is larger than the memory that the whole process may take.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LinearRegression, Pipeline, Session, StandardScaler, VectorAssembler } from 'ridgeline'
import { measure, peakMB } from './measure.mjs'

const LIMIT_MB = 512
const [what, rows, folder] = process.argv.slice(2)
const path = join(folder, `linear-${rows}x20`)
const fileMB = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0) / 2 ** 20
if (fileMB <= LIMIT_MB) throw new Error(`the file has ${fileMB} MB, which is no more than the limit of ${LIMIT_MB} MB`)
const data = await new Session({ memoryLimit: '192MB' }).read.parquet(path)
const inputCols = Array.from({ length: 20 }, (_, j) => `x${j}`)
const assembler = new VectorAssembler({ inputCols, outputCol: 'features' })
const estimator =
  what === 'ols' ? new LinearRegression() : new StandardScaler({ inputCol: 'features', outputCol: 'scaled' })
await measure(() => new Pipeline({ stages: [assembler, estimator] }).fit(data))
if (peakMB() > LIMIT_MB) throw new Error(`the process took ${peakMB()} MB; the limit is ${LIMIT_MB} MB`)
