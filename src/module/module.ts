import { access } from 'node:fs/promises'
import { NotFittedError, PersistenceError, RidgelineError } from '../errors.js'
import { fileError, requirePath } from '../persistence/file-errors.js'
import { programOf } from '../scoring/program.js'
import { requireScorerOptions, type Scorable, type ScorerOptions } from '../scoring/row-scorer.js'
import { parseSchema } from '../sql/ddl.js'
import { writeFileAtomic } from '../util/atomic-write.js'
import { type ModuleFiles, type ModuleVectors, moduleFiles } from './source.js'

/** How a model is written as a module. */
export interface ModuleOptions extends Omit<ScorerOptions, 'vectors'> {
  /** What vectors are in results: lists of numbers (default), or `Float64Array`. */
  readonly vectors?: ModuleVectors
}

/** A model as one ES module that depends on nothing. */
export interface ModelModule extends ModuleFiles {
  /**
   * Writes both: `price.js` and `price.d.ts`, or `price.mjs` and `price.d.mts`.
   * @throws PersistenceError for another ending, for a file that exists unless `overwrite` is true, and for one that cannot be written.
   */
  save(path: string, options?: { readonly overwrite?: boolean }): Promise<void>
}

/**
 * Writes a model as a module.
 * @throws ParamError for options; NotFittedError when the types of the columns are not known; SchemaError for a column that the model does not make;
 *   UnsupportedError that names the stage, or the column, that a module cannot hold.
 */
export function modelModule(model: Scorable, options: ModuleOptions): ModelModule {
  const stage = model.uid
  requireScorerOptions(stage, options, ['array', 'float64'])
  const { outputCols, vectors = 'array' } = options
  const schema = typeof options.schema === 'string' ? parseSchema(options.schema) : (options.schema ?? model.schema)
  if (!schema) {
    throw new NotFittedError('the schema of the input is not known', {
      stage,
      param: 'schema',
      hint: "Tell it: toModule({ schema: 'city STRING, km DOUBLE' }). Models that are fitted, or saved as JSON, know theirs.",
    })
  }
  const program = programOf(model.plan(schema), schema, { stage, columns: outputCols, predictors: model.predictors })
  const files = moduleFiles(stage, program, vectors)
  return { ...files, save: (path, { overwrite = false } = {}) => save(stage, files, path, overwrite) }
}

/** Path of the types of a module: `price.d.ts` for `price.js`; undefined for what is no path of a module. */
export const typesPath = (path: string): string | undefined =>
  /\.m?js$/.test(path) ? path.replace(/\.(m?)js$/, '.d.$1ts') : undefined

async function save(stage: string, { code, types }: ModuleFiles, path: string, overwrite: boolean): Promise<void> {
  requirePath(path, stage)
  const beside = typesPath(path)
  if (beside === undefined) {
    throw new PersistenceError(`"${path}" is no path of a module`, {
      stage,
      param: 'path',
      allowed: 'Allowed: a path that ends with .js or .mjs',
      received: path,
    })
  }
  for (const file of [path, beside]) if (!overwrite) await requireFree(stage, file)
  try {
    await writeFileAtomic(beside, types)
    await writeFileAtomic(path, code)
  } catch (cause) {
    throw cause instanceof RidgelineError ? cause : fileError('write', path, stage, cause)
  }
}

async function requireFree(stage: string, path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (!exists) return
  throw new PersistenceError(`"${path}" exists already`, {
    stage,
    param: 'path',
    allowed: 'Allowed: a path where nothing stands',
    received: path,
    hint: 'Write to another path, or replace it: save(path, { overwrite: true }).',
  })
}
