import { expect, it } from 'vitest'
import { soak } from './soak.js'

it('under load, with reloads, bad bodies and clients that go away, no answer is wrong and none is lost', async () => {
  const { answered, refused, gone, reloads, versions, wrong } = await soak({ seconds: 2, clients: 8 })
  expect(wrong).toEqual([])
  expect(Math.min(answered / 10, refused, gone, reloads, ...Object.values(versions))).toBeGreaterThan(5)
})
