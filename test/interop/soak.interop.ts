import { expect, it } from 'vitest'
import { soak } from '../serving/soak.js'

/** Between 40 % of the time and the end the heap may grow by this much, in bytes: the noise of a collection, not a leak of a request. */
const GROWTH = 3e6

it('a minute of load: no wrong answer, no lost request, flat memory', async () => {
  const { answered, refused, gone, reloads, versions, wrong, heap } = await soak({ seconds: 60, clients: 10 })
  const [early, late] = heap
  console.log(
    `${answered} answers (${JSON.stringify(versions)}), ${refused} refused, ${gone} clients gone, ${reloads} reloads, ` +
      `heap ${(early / 1e6).toFixed(1)} MB, at the end ${(late / 1e6).toFixed(1)} MB`,
  )
  expect(wrong).toEqual([])
  expect(Math.min(answered / 100, refused, gone, reloads, ...Object.values(versions))).toBeGreaterThan(100)
  expect(late - early).toBeLessThan(GROWTH)
})
