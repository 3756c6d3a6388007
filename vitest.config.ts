import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ridgeline$/, replacement: `${src}/index.ts` },
      { find: /^ridgeline\/(.+)$/, replacement: `${src}/$1/index.ts` },
    ],
  },
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000 },
})
