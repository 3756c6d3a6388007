// Customers of an invented subscription shop, made from a seed: the same seed gives the same customers.

/** What the shop knows about a customer on the day of scoring, and whether the customer left within the next quarter. */
export interface Customer {
  readonly customerId: number
  /** Years; null where the customer gave none. */
  readonly age: number | null
  readonly country: string | null
  readonly plan: string | null
  /** Months since the first order. */
  readonly tenure: number
  /** Days since the last order. */
  readonly recency: number
  /** Orders in the last twelve months. */
  readonly frequency: number
  /** Mean value of an order; null where the payment system was not yet linked. */
  readonly monetary: number | null
  /** 1 for a customer who left. */
  readonly churned: number
}

/** How customers are drawn. */
export interface Market {
  readonly seed: number
  /** Share of customers in a country that opened lately, and on a plan that is new: models that learned before know neither. */
  readonly newLabels?: number
}

/** Countries with their share of the customers and how much likelier than elsewhere they leave (log odds). */
const COUNTRIES: readonly (readonly [string, number, number])[] = [
  ['FR', 0.3, 0],
  ['DE', 0.22, -0.2],
  ['US', 0.18, 0.3],
  ['GB', 0.12, 0.1],
  ['ES', 0.1, 0],
  ['IT', 0.08, 0.4],
]
const PLANS: readonly (readonly [string, number, number])[] = [
  ['basic', 0.55, 0.35],
  ['plus', 0.3, 0],
  ['pro', 0.15, -0.5],
]

/** Uniform numbers in [0, 1) (mulberry32). */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` customers with the ids 1 to `count`. */
export function customers(count: number, { seed, newLabels = 0 }: Market): Customer[] {
  const uniform = uniforms(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const waiting = (mean: number) => -mean * Math.log(1 - uniform())
  const pick = (table: typeof COUNTRIES, latest: string): readonly [string, number] => {
    if (uniform() < newLabels) return [latest, 0]
    let left = uniform()
    for (const [name, share, effect] of table) {
      left -= share
      if (left < 0) return [name, effect]
    }
    return [table[0][0], table[0][2]]
  }

  return Array.from({ length: count }, (_, i) => {
    const [country, countryEffect] = pick(COUNTRIES, 'PT')
    const [plan, planEffect] = pick(PLANS, 'family')
    const age = Math.round(Math.min(85, Math.max(18, 40 + 14 * normal())))
    const tenure = 1 + Math.floor(Math.min(119, waiting(26)))
    const habit = Math.exp(1.6 + 0.7 * normal())
    const frequency = Math.max(1, Math.round(habit * Math.min(1, tenure / 12)))
    const recency = Math.min(tenure * 30, 364, Math.round(waiting(300 / habit) + 1))
    const monetary = Math.round(100 * Math.exp(3.4 + 0.5 * normal() + 0.3 * (plan === 'pro' ? 1 : 0))) / 100

    // Who stays away far longer than the own habit is about to leave: the ratio matters, not the days.
    const overdue = Math.min(3, (recency * frequency) / 365)
    const renewal = tenure > 6 && tenure % 12 <= 1
    const logOdds =
      -4.1 +
      countryEffect +
      planEffect +
      2 * overdue +
      (tenure <= 3 ? 2 : 0) +
      (renewal ? (plan === 'pro' ? 3.5 : 1.8) : 0) +
      (monetary > 42 && plan === 'basic' ? 2.4 : 0) +
      (age < 26 || age > 66 ? 1.2 : 0) -
      0.012 * Math.min(tenure, 60) +
      0.4 * normal()
    const churned = uniform() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0

    return {
      customerId: i + 1,
      // Those who leave filled in less of their profile.
      age: uniform() < 0.04 + 0.06 * churned ? null : age,
      country: uniform() < 0.02 ? null : country,
      plan: uniform() < 0.01 ? null : plan,
      tenure,
      recency,
      frequency,
      monetary: uniform() < 0.05 ? null : monetary,
      churned,
    }
  })
}
