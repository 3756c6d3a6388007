import type { Connection } from '@duckdb/node-bindings'
import { buildColumn } from '../column-builder.js'
import { columnReader } from '../column-reader.js'
import { JS_FUNCTIONS, type JsFunction } from '../expression/js/index.js'
import { type Bindings, logicalType } from './engine-types.js'
import type { VectorReader } from './vector-reader.js'
import type { VectorWriter } from './vector-writer.js'

/**
 * Makes the functions that are computed in JavaScript callable from SQL.
 * @param failed is told an error that a function raised, and gives the text under which the engine reports it.
 */
export function registerJsFunctions(
  nb: Bindings,
  connection: Connection,
  reader: VectorReader,
  writer: VectorWriter,
  failed: (error: unknown) => string,
): void {
  for (const definition of JS_FUNCTIONS) {
    const fn = nb.create_scalar_function()
    nb.scalar_function_set_name(fn, definition.name)
    for (const type of definition.takes) nb.scalar_function_add_parameter(fn, logicalType(nb, type))
    nb.scalar_function_set_return_type(fn, logicalType(nb, definition.gives))
    nb.scalar_function_set_special_handling(fn)
    nb.scalar_function_set_function(fn, (info, input, output) => {
      const n = nb.data_chunk_get_size(input)
      try {
        const columns = definition.takes.map((type, k) =>
          columnReader(reader.read(nb.data_chunk_get_vector(input, k), type, n), type),
        )
        writer.write(
          output,
          buildColumn(definition.gives, valuesOf(definition, columns, n), definition.name),
          definition.gives,
          n,
        )
      } catch (error) {
        nb.scalar_function_set_error(info, failed(error))
      }
    })
    nb.register_scalar_function(connection, fn)
    nb.destroy_scalar_function_sync(fn)
  }
}

function valuesOf(definition: JsFunction, columns: readonly ((row: number) => unknown)[], n: number): unknown[] {
  const run = definition.run as (...args: readonly unknown[]) => unknown
  return Array.from({ length: n }, (_, row) => {
    const args = columns.map((read) => read(row))
    return args.includes(null) && !definition.nulls ? null : run(...args)
  })
}
