import { defineConfig } from 'vitest/config'
import base from './vitest.config.js'

/** Tests against the real counterparts, which the set-up installs. Slow, so `npm test` does without them. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/interop/**/*.interop.ts'],
    globalSetup: ['test/interop/setup.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})
