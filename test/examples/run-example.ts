import { vi } from 'vitest'

const ARGV = process.argv

/** Runs an example with arguments: what it prints, and its exit code. */
export async function runExample(
  load: () => Promise<unknown>,
  args: readonly string[],
): Promise<{ out: string; err: string; code: string | number }> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const err = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  process.argv = [...ARGV.slice(0, 2), ...args]
  vi.resetModules()
  try {
    await load()
    const text = (spy: typeof out) => spy.mock.calls.map((call) => call.join(' ')).join('\n')
    return { out: text(out), err: text(err), code: process.exitCode ?? 0 }
  } finally {
    process.argv = ARGV
    process.exitCode = undefined
    vi.restoreAllMocks()
  }
}
