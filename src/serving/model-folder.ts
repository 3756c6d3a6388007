import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PersistenceError } from '../errors.js'

/** Files that stand in a folder which is a model itself: Spark's format, and MLflow's. */
const MARKS = ['metadata', 'MLmodel']

const isModelFolder = (names: readonly string[]): boolean => MARKS.some((mark) => names.includes(mark))

function isModel(path: string): boolean {
  if (!statSync(path).isDirectory()) return path.endsWith('.json')
  return isModelFolder(readdirSync(path))
}

/**
 * The model that lies at a path, or is the only one in a folder: a JSON file, a folder in Spark's format, or one of MLflow. Platforms unpack what was uploaded into a
 * folder of theirs.
 * @throws PersistenceError when there is none, or more than one.
 */
export function modelAt(path: string): string {
  const refuse = (problem: string): never => {
    throw new PersistenceError(problem, {
      stage: 'serve',
      file: path,
      hint: 'Put one model there: a JSON file, or a folder that Spark or MLflow wrote. Or name the path of the model.',
    })
  }
  let names: string[]
  try {
    if (!statSync(path).isDirectory()) return path
    names = readdirSync(path).sort()
  } catch (error) {
    throw new PersistenceError(`there is nothing to read at "${path}"`, { stage: 'serve', file: path, cause: error })
  }
  if (isModelFolder(names)) return path
  const models = names.map((name) => join(path, name)).filter(isModel)
  if (models.length === 1) return models[0]
  const found = models.length === 0 ? `no model (${names.join(', ') || 'it is empty'})` : models.join(', ')
  return refuse(`"${path}" holds ${found}`)
}
