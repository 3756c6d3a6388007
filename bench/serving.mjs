// Servers of models under load.
import { installMlflow } from '../scripts/peers.mjs'

/** @typedef {(file: string, ...args: (string | number)[]) => string[]} Command */

const SYSTEMS = { Ridgeline: 'ridgeline', 'a bare Fastify route': 'fastify', 'mlflow models serve': 'mlflow' }

/** @returns {import('./benchmarks.mjs').Benchmark[]} */
export const serving = (/** @type {Command} */ node) =>
  [1, 100].map((rows) => ({
    name: `serve-${rows}-${rows === 1 ? 'row' : 'rows'}`,
    what: `${rows === 1 ? '1 row' : `${rows} rows`} a request, 10 connections, p50`,
    data: node('serve-data'),
    systems: Object.fromEntries(Object.entries(SYSTEMS).map(([name, what]) => [name, node('serve', what, rows)])),
    once: ['mlflow models serve'],
    peers: installMlflow,
  }))
