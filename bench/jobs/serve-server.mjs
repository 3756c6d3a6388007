// Usage: serve-server.mjs ridgeline|fastify FOLDER. A server of the price model on a free port, which it prints.
import { join } from 'node:path'

const [what, folder] = process.argv.slice(2)
const path = join(folder, 'serve.json')

/** What `ridgeline serve` starts. */
async function ridgeline() {
  const { createServer } = await import('ridgeline/serving')
  return (await createServer(path)).listen()
}

/** The least that a route costs which takes the same JSON: no checks, no errors, no metrics, no log, the formula written by hand. */
async function bare() {
  const [{ default: fastify }, { loadScorer }] = await Promise.all([import('fastify'), import('ridgeline/scoring')])
  const score = await loadScorer(path)
  const at = (/** @type {string} */ city, /** @type {number} */ distanceKm) =>
    score({ city, distanceKm, hour: 0 })?.prediction
  const base = at('none', 0)
  const [slope, hourSlope] = [at('none', 1) - base, score({ city: 'none', distanceKm: 0, hour: 1 })?.prediction - base]
  /** @type {Map<string, number>} */
  const cities = new Map()
  const cityPart = (/** @type {string} */ city) => {
    const known = cities.get(city)
    if (known !== undefined) return known
    const part = at(city, 0) - base
    cities.set(city, part)
    return part
  }
  const app = fastify()
  app.post('/invocations', (request, reply) => {
    const { dataframe_records: rows } = /** @type {{ dataframe_records: any[] }} */ (request.body)
    const predictions = rows.map((row) => base + cityPart(row.city) + slope * row.distanceKm + hourSlope * row.hour)
    reply.send({ predictions })
  })
  return app.listen({ port: 0, host: '127.0.0.1' })
}

console.log(await (what === 'ridgeline' ? ridgeline() : bare()))
