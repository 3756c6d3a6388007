import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A block of code that a reader is shown. */
export interface CodeBlock {
  /** File and running number, as a name for the test. */
  readonly name: string
  readonly code: string
}

function* files(folder: string, ending: string): Generator<string> {
  for (const entry of readdirSync(folder).sort()) {
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) yield* files(path, ending)
    else if (path.endsWith(ending)) yield path
  }
}

/** TypeScript blocks of a text; `strip` takes the comment border off TSDoc lines. */
function blocks(path: string, strip: (line: string) => string): CodeBlock[] {
  const text = readFileSync(path, 'utf8').split('\n').map(strip).join('\n')
  return [...text.matchAll(/^[ \t]*```ts\n([\s\S]*?)^[ \t]*```/gm)].map((match, i) => ({
    name: `${relative(root, path)}#${i + 1}`,
    code: match[1],
  }))
}

/** Line of a TSDoc comment without its border. */
const withoutBorder = (line: string): string => line.replace(/^\s*\* ?/, '')

/** Places in src/ where an `@example` is not followed by a TypeScript block, so that nobody would run it. */
export function examplesNotRun(): string[] {
  return [...files(join(root, 'src'), '.ts')].flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n').map(withoutBorder)
    return lines.flatMap((line, i) =>
      line.startsWith('@example') && lines[i + 1] !== '```ts' ? [`${relative(root, path)}:${i + 1}`] : [],
    )
  })
}

/** Every TypeScript block of README.md, of docs/ and of the TSDoc comments in src/. */
export function shownCode(): CodeBlock[] {
  const prose = [join(root, 'README.md'), ...files(join(root, 'docs'), '.md')].flatMap((path) => blocks(path, (l) => l))
  const comments = [...files(join(root, 'src'), '.ts')].flatMap((path) => blocks(path, withoutBorder))
  return [...prose, ...comments]
}
