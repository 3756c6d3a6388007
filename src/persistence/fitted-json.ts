import { PersistenceError } from '../errors.js'
import type { ColumnProfile, Profile } from '../sql/column-profile.js'
import { schemaFromJson, schemaToJson } from '../sql/schema-json.js'
import type { Json } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { type JsonObject, numberFromJson, numberToJson } from './codec.js'
import type { Persistable } from './persistable.js'

type Fitted = Pick<Persistable, 'inputSchema' | 'outputSchema' | 'inputProfile'>

/** What a stage knows of the frame that it was fitted on, as JSON; nothing of one that was never fitted. */
export const fittedToJson = ({ inputSchema, outputSchema, inputProfile }: Fitted): JsonObject => ({
  ...(inputSchema ? { inputSchema: schemaToJson(inputSchema) } : {}),
  ...(outputSchema ? { outputSchema: schemaToJson(outputSchema) } : {}),
  ...(inputProfile ? { inputProfile: profileToJson(inputProfile) } : {}),
})

/** What `fittedToJson` wrote. @throws PersistenceError, SchemaError when the JSON has another form. */
export const fittedFromJson = ({ inputSchema, outputSchema, inputProfile }: JsonObject): Fitted => ({
  ...(inputSchema ? { inputSchema: schemaFromJson(inputSchema) } : {}),
  ...(outputSchema ? { outputSchema: schemaFromJson(outputSchema) } : {}),
  ...(inputProfile ? { inputProfile: profileFromJson(inputProfile) } : {}),
})

/** A list, because names of columns are any text. */
const profileToJson = (profile: Profile): Json =>
  Array.from(profile, ([name, { nulls, nans, range, size }]) => ({
    name,
    nulls,
    ...(nans === undefined ? {} : { nans }),
    ...(range ? { min: numberToJson(range.min), max: numberToJson(range.max) } : {}),
    ...(size === undefined ? {} : { size }),
  }))

function profileFromJson(json: Json): Profile {
  if (!Array.isArray(json)) throw malformed(json)
  return new Map(json.map(columnFromJson))
}

function columnFromJson(json: Json): [name: string, profile: ColumnProfile] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed(json)
  const { name, nulls, nans, min, max, size } = json as JsonObject
  const areFlags = typeof nulls === 'boolean' && (nans === undefined || typeof nans === 'boolean')
  const isSize = size === undefined || (Number.isInteger(size) && (size as number) >= 0)
  if (typeof name !== 'string' || !areFlags || !isSize) throw malformed(json)
  const range = min === undefined ? undefined : { min: numberFromJson(min, 'min'), max: numberFromJson(max, 'max') }
  return [
    name,
    {
      nulls,
      ...(nans === undefined ? {} : { nans }),
      ...(range ? { range } : {}),
      ...(size === undefined ? {} : { size: size as number }),
    },
  ]
}

const malformed = (json: Json): PersistenceError =>
  new PersistenceError(`inputProfile is ${shortText(json)}`, {
    allowed: 'Expected a list of columns with name and nulls',
  })
