import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { ROOT } from '../helpers/sources.js'

/**
 * Type instantiations that the compiler needs for a program that uses the public interface, with what it imports. Editors
 * feel slow when this grows: raise the limit only for a reason. A stage class takes about 600, and the 130 classes of Spark ML
 * have room here; so have schemas, modules, streams and stores, which frames and models reach by their methods.
 */
const LIMIT = 200_000

it('the types of the public interface stay cheap', async () => {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const project = join(ROOT, 'test/types')
  const { stdout } = await promisify(execFile)(process.execPath, [
    compiler,
    '-p',
    project,
    '--extendedDiagnostics',
  ]).catch(
    // Errors in the program are the business of `npm run lint`; the figures are printed all the same.
    (error: { stdout: string }) => error,
  )
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1])
  expect(instantiations).toBeGreaterThan(0)
  expect(instantiations).toBeLessThan(LIMIT)
})
