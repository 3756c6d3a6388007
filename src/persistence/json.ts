import { createHash } from 'node:crypto'
import { PersistenceError, RidgelineError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { Json } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { version } from '../version.js'
import type { ClassLookup } from './classes.js'
import { decodeValue, type EncodeContext, encodeValue, type JsonObject, type ValueContext } from './codec.js'
import { fittedFromJson, fittedToJson } from './fitted-json.js'
import { nestedStages } from './nested.js'
import type { Persistable, PersistableClass } from './persistable.js'

/** Version of the document's layout. It grows when an older reader could not read a newer file. */
const FORMAT_VERSION = 1
const MAX_DEPTH = 100
/** Levels of arrays and objects of JSON: several for each level of stages, and those of schemas. */
const MAX_JSON_DEPTH = 1000

const hash = (stage: Json): string => createHash('sha256').update(JSON.stringify(stage)).digest('hex')

/** The whole document of a saved stage: readable, and data only. */
export function toDocument(stage: Persistable): string {
  const content = encodeStage(stage)
  const head = {
    format: 'ridgeline',
    formatVersion: FORMAT_VERSION,
    libraryVersion: version,
    sha256: hash(content),
  }
  return `${JSON.stringify({ ...head, stage: content }, null, 1)}\n`
}

function encodeStage(stage: Params): JsonObject {
  const { sparkClass, params, state } = stage.constructor as unknown as PersistableClass
  const saved = new Set(Array.from(nestedStages(stage), ({ uid }) => uid))
  const context: EncodeContext = { stage: encodeStage, owns: (uid) => saved.has(uid) }
  const values = (source: Readonly<Record<string, unknown>>): JsonObject =>
    Object.fromEntries(
      Object.entries(source).map(([name, value]) => [name, encodeValue(params[name].kind, value, context)]),
    )
  const fitted: Record<string, Json> = {}
  for (const [name, row] of Object.entries(state)) {
    const value = (stage as unknown as Record<string, unknown>)[name]
    if (value !== undefined) fitted[name] = encodeValue(row.kind, value, context)
  }
  return {
    class: sparkClass,
    uid: stage.uid,
    params: values(stage.explicitValues()),
    defaults: values(stage.defaultValues()),
    ...(Object.keys(state).length > 0 ? { state: fitted } : {}),
    ...fittedToJson(stage as Persistable),
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a node of JSON is a stage. */
const isStage = (node: Json): node is JsonObject & { readonly class: string; readonly uid: string } =>
  isObject(node) && typeof node.class === 'string' && typeof node.uid === 'string' && node.uid !== ''

/** Reads a document. `path` is for messages. `verify: false` accepts a document whose checksum does not fit its content. */
export async function fromDocument(
  text: string,
  path: string,
  classes: ClassLookup,
  verify = true,
): Promise<Persistable> {
  const fail = (problem: string, hint = 'Save the model again, or restore the file.', cause?: unknown): never => {
    const allowed = 'Allowed: a file that save() wrote'
    throw new PersistenceError(`file "${path}" ${problem}`, {
      stage: 'load',
      param: 'path',
      allowed,
      received: path,
      hint,
      cause,
    })
  }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    const truncated = text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}')
    return fail(
      truncated ? 'is truncated' : 'is not JSON',
      truncated ? 'Save the model again, or restore the file.' : 'Name a file that save() wrote.',
      cause,
    )
  }
  if (depthExceeds(document, MAX_JSON_DEPTH)) return fail(`is nested deeper than ${MAX_JSON_DEPTH} levels`)
  if (!isObject(document) || document.format !== 'ridgeline') {
    return fail('was not written by Ridgeline', 'Name a file that save() wrote.')
  }
  const { formatVersion } = document
  if (typeof formatVersion !== 'number' || !Number.isInteger(formatVersion) || formatVersion < 1) {
    return fail(`has no format version, but ${shortText(formatVersion)}`)
  }
  if (formatVersion > FORMAT_VERSION) {
    return fail(
      `has format version ${formatVersion}, this library reads up to ${FORMAT_VERSION}`,
      `Update ridgeline (the file was written by version ${shortText(document.libraryVersion)}).`,
    )
  }
  if (!isObject(document.stage)) return fail('holds no stage', 'Restore the file.')
  if (verify && hash(document.stage) !== document.sha256) {
    return fail('was altered after it was saved', 'Restore the file, or load it with { verify: false }.')
  }
  try {
    const found = await foundClasses(document.stage, classes)
    return decodeStage(document.stage, found, 0)
  } catch (cause) {
    if (cause instanceof PersistenceError) throw cause
    if (cause instanceof RidgelineError) return fail(`holds an invalid stage: ${cause.message}`, undefined, cause)
    throw cause
  }
}

/** Whether JSON has more levels than given. Without recursion, which would end where the stack does. */
function depthExceeds(json: unknown, levels: number): boolean {
  let level: unknown[] = [json]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const child of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
  return false
}

/** Classes of the stages of a document, by the names that stand in it. */
type FoundClasses = ReadonlyMap<string, PersistableClass>

/** @throws PersistenceError for a class that nobody knows. */
async function foundClasses(stage: Json, classes: ClassLookup): Promise<FoundClasses> {
  /** The first stage of each class, and where it stands. */
  const places = new Map<string, { readonly uid: string; readonly place: string }>()
  const rest: Json[] = [stage]
  if (isStage(stage)) places.set(stage.class, { uid: stage.uid, place: '' })
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const children = Object.values(node)
    for (const [i, child] of children.entries()) {
      rest.push(child)
      if (isStage(child) && !places.has(child.class))
        places.set(child.class, { uid: child.uid, place: placeOf(children, i) })
    }
  }
  const found = Array.from(places, async ([name, { uid, place }]) => {
    try {
      return [name, await classes(name)] as const
    } catch (cause) {
      if (!(cause instanceof PersistenceError)) throw cause
      const what = `stage ${shortText(uid)} is of class ${shortText(name, 200)}, which is not known${place}`
      throw new PersistenceError(what, { ...cause.details, cause })
    }
  })
  return new Map(await Promise.all(found))
}

/** Which stages stand beside one. */
function placeOf(siblings: readonly Json[], at: number): string {
  const [before, after] = [siblings[at - 1], siblings[at + 1]].map((one) => (isStage(one) ? one.uid : undefined))
  if (before && after) return ` (between ${before} and ${after})`
  return before ? ` (after ${before})` : after ? ` (before ${after})` : ''
}

/** Reads one stage: its parameters first, because parameter maps name parameters of the stages inside, then its state. */
function decodeStage(node: Json, classes: FoundClasses, depth: number): Persistable {
  if (depth > MAX_DEPTH) throw new PersistenceError(`stages are nested deeper than ${MAX_DEPTH} levels`)
  if (!isStage(node)) {
    throw new PersistenceError('a stage has no class or no uid')
  }
  const { uid } = node
  const stageClass = classes.get(node.class) as PersistableClass
  // The stage itself does not exist yet; maps that name its parameters only need its handles.
  const self = Object.assign(Object.create(stageClass.prototype) as Params, { uid })
  const inner = new Map([[uid, self]])
  const context: ValueContext = {
    stage: (child) => {
      const stage = decodeStage(child, classes, depth + 1)
      for (const one of nestedStages(stage)) if (!inner.has(one.uid)) inner.set(one.uid, one)
      return stage
    },
    owner: (parent) => inner.get(parent),
  }
  const section = (
    name: 'params' | 'defaults' | 'state',
    rows: Readonly<Record<string, { readonly kind: ValueKind }>>,
  ): Record<string, unknown> => {
    const values = node[name] ?? {}
    if (!isObject(values)) throw new PersistenceError(`"${name}" of stage ${uid} is not an object`)
    const isMaps = (field: string): number => Number(rows[field]?.kind === 'paramMaps')
    const fields = Object.keys(values).sort((a, b) => isMaps(a) - isMaps(b))
    return Object.fromEntries(
      fields.map((field) => {
        if (!Object.hasOwn(rows, field))
          throw new PersistenceError(`stage ${uid} has no field ${shortText(field)} (${name})`)
        return [field, decodeValue(rows[field].kind, values[field], `${uid}.${field}`, context)]
      }),
    )
  }
  const params = section('params', stageClass.params)
  const defaults = section('defaults', stageClass.params)
  const state = section('state', stageClass.state)
  const stage = new stageClass(state, uid).set(params).restoreDefaults(defaults)
  return Object.assign(stage, fittedFromJson(node))
}
