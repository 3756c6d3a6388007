// Rows of the benchmarks that score one row a call.
let state = 12345
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const cities = ['FR', 'US', 'DE', 'MG', 'GB', 'ES', 'JP', 'BR', 'IT', 'CA']

function priceRow() {
  const c = Math.floor(random() * random() * cities.length)
  const distanceKm = 0.5 - 8 * Math.log(1 - random())
  const hour = Math.floor(random() * 24)
  return {
    city: cities[c],
    distanceKm,
    hour,
    label: 2.1 + 1.18 * distanceKm + 0.35 * c + (hour >= 20 ? 0.8 : 0) + random(),
  }
}

/** Twenty numbers, and what a few of them come to. */
function numbersRow() {
  /** @type {Record<string, number>} */
  const row = {}
  for (let j = 0; j < 20; j++) row[`x${j}`] = random()
  row.label = 10 * Math.sin(Math.PI * row.x0 * row.x1) + 20 * (row.x2 - 0.5) ** 2 + 10 * row.x3 + 5 * row.x4 + random()
  return row
}

/** 4096 rows. @returns {Record<string, any>[]} */
export const scorerRows = (/** @type {string} */ what) =>
  Array.from({ length: 4096 }, () => (what === 'price' ? priceRow() : numbersRow()))
