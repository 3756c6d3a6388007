/**
 * One row of a frame as `collect` gives it: a plain object, one property a column, in the order of the schema.
 * Of columns that share a name, which a join on a condition can produce, the last one is seen.
 *
 * null is `null`, NaN stays NaN, double, float and decimal are numbers, long is a number when it is safe to hold it as
 * one and else a bigint, date and timestamp are `Date` (timestamps lose microseconds), binary is `Uint8Array`, arrays are
 * arrays, maps are `Map`, structs are objects, vectors and matrices are objects of `ridgeline/linalg`.
 */
export type Row = Record<string, unknown>
