// Usage: spin.mjs compute|memory THREADS FOLDER. The same work, shared by one or two workers that need nothing from each other:
// what the second thread of this machine is worth at best. Work is arithmetic in registers, or sums over 64 MB.
import { Worker } from 'node:worker_threads'
import { measure } from './measure.mjs'

const [what, threads] = [process.argv[2], Number(process.argv[3])]
const source = `
const { parentPort, workerData: { what, share } } = require('node:worker_threads')
const numbers = new Float64Array(what === 'memory' ? 8e6 : 0).fill(1)
function compute(steps) {
  let x = 1
  for (let i = 0; i < steps; i++) x = Math.imul(x ^ (x >>> 13), 0x5bd1e995) + i | 0
  return x
}
function memory(passes) {
  let sum = 0
  for (let pass = 0; pass < passes; pass++) for (let i = 0; i < numbers.length; i++) sum += numbers[i]
  return sum
}
const work = { compute: (part) => compute(8e8 * part), memory: (part) => memory(Math.round(120 * part)) }[what]
for (let i = 0; i < 8; i++) work(0.05)
parentPort.on('message', () => parentPort.postMessage(work(share)))
parentPort.postMessage('ready')
`
const workers = Array.from(
  { length: threads },
  () => new Worker(source, { eval: true, workerData: { what, share: 1 / threads } }),
)
const answers = () => Promise.all(workers.map((worker) => new Promise((done) => worker.once('message', done))))
await answers()
await measure(async () => {
  const done = answers()
  for (const worker of workers) worker.postMessage('go')
  await done
}, 2)
for (const worker of workers) await worker.terminate()
