// Usage: onnx.mjs price|forest FOLDER. One row a call through ONNX Runtime of Node, each time another one, given as a plain object as to the scorer.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { onnxManifest } from '../../scripts/onnx.mjs'
import { reportEachCall } from './measure.mjs'
import { scorerRows } from './scorer-rows.mjs'

const [what, folder] = process.argv.slice(2)
const { InferenceSession, Tensor } = createRequire(onnxManifest)('onnxruntime-node')
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' }
const session = await InferenceSession.create(join(folder, `scorer-${what}.onnx`), options)
const [output] = session.outputNames
const rows = scorerRows(what)
const numbers = Object.keys(rows[0]).filter((name) => name.startsWith('x'))

/** The tensors of a row, which a service makes of every request. */
const inputs = (/** @type {Record<string, any>} */ row) =>
  what === 'price'
    ? {
        city: new Tensor('string', [row.city], [1, 1]),
        distanceKm: new Tensor('float32', Float32Array.of(row.distanceKm), [1, 1]),
        hour: new Tensor('float32', Float32Array.of(row.hour), [1, 1]),
      }
    : {
        numbers: new Tensor(
          'float32',
          Float32Array.from(numbers, (name) => row[name]),
          [1, 20],
        ),
      }

await reportEachCall(async (i) => (await session.run(inputs(rows[i & 4095])))[output].data[0], 20_000)
