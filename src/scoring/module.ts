import { access } from 'node:fs/promises'
import { ParamError, PersistenceError, RidgelineError } from '../errors.js'
import { fileError, requirePath } from '../persistence/file-errors.js'
import { writeFileAtomic } from '../util/atomic-write.js'
import { type ModuleVectors, moduleSource } from './module-source.js'
import { programOf } from './program.js'
import { requireScorerOptions, type Scorable, type ScorerOptions, schemaOption } from './scorer-options.js'

/** How a model is written as a module. */
export interface ModuleOptions extends Omit<ScorerOptions, 'vectors'> {
  /** What vectors are in results: lists of numbers (default), or `Float64Array`. */
  readonly vectors?: ModuleVectors
}

/** A model as one ES module that depends on nothing. */
export interface ModelModule {
  /** Source of the module. */
  readonly code: string
  /** Its types, the content of a `.d.ts` file. */
  readonly types: string
  /**
   * Writes both: `price.js` and `price.d.ts`, or `price.mjs` and `price.d.mts`.
   * @throws PersistenceError for another ending, for a file that exists unless `overwrite` is true, and for one that cannot be written.
   */
  save(path: string, options?: { readonly overwrite?: boolean }): Promise<void>
}

/**
 * Writes a model as a module.
 * @throws ParamError for options, and for a model that was not fitted and is given no schema; SchemaError for a column that the model does not make;
 *   UnsupportedError that names the stage, or the column, that a module cannot hold.
 */
export function modelModule(model: Scorable, options: ModuleOptions): ModelModule {
  const stage = model.uid
  requireScorerOptions(stage, options, ['array', 'float64'])
  const { outputCols, vectors = 'array' } = options
  const schema = schemaOption(options) ?? model.schema
  if (!schema) {
    throw new ParamError('the types of the columns of a row are not known', {
      stage,
      param: 'schema',
      allowed: 'A model that was not fitted here is told them',
      hint: "Write toModule({ schema: 'city STRING, km DOUBLE' }).",
    })
  }
  const program = programOf(model.plan(schema), schema, { stage, columns: outputCols, predictors: model.predictors })
  const source = moduleSource({ model: stage, program, vectors })
  return { ...source, save: (path, { overwrite = false } = {}) => save(stage, source, path, overwrite) }
}

async function save(
  stage: string,
  { code, types }: { code: string; types: string },
  path: string,
  overwrite: boolean,
): Promise<void> {
  requirePath(path, stage)
  const ending = /\.m?js$/.exec(path)?.[0]
  if (ending === undefined) {
    throw new PersistenceError(`"${path}" is no path of a module`, {
      stage,
      param: 'path',
      allowed: 'Allowed: a path that ends with .js or .mjs',
      received: path,
    })
  }
  const typesPath = `${path.slice(0, -ending.length)}.d.${ending.slice(1).replace('js', 'ts')}`
  for (const file of [path, typesPath]) if (!overwrite) await requireFree(stage, file)
  try {
    await writeFileAtomic(typesPath, types)
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
