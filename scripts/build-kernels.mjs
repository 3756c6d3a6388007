// Compiles assembly/ to WebAssembly and writes it, as base64 text, to src/kernels/module.ts.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Characters of base64 a line. */
const WIDTH = 116
const OPTIONS = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd,threads']
// The memory is given from outside; 65,536 pages are all that 32-bit addresses reach.
const MEMORY = [
  '--importMemory',
  '--noExportMemory',
  '--sharedMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
]

/** The text of src/kernels/module.ts for the sources in assembly/. */
export function kernelModuleText() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js')
  const binary = execFileSync(
    process.execPath,
    [compiler, 'assembly/index.ts', '--outFile', '-', ...OPTIONS, ...MEMORY],
    {
      cwd: ROOT,
    },
  )
  const lines = binary.toString('base64').match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? []
  return `// Written by \`npm run build:kernels\` from assembly/. Do not edit.
/** The kernels as a WebAssembly module, in base64. */
export const KERNEL_MODULE =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(ROOT, 'src/kernels/module.ts'), kernelModuleText())
