import { parseArgs } from 'node:util'
import { knownNames } from '../util/names.js'
import type { ProgressStream } from '../util/progress.js'

/** How a command ended, as the exit code of the process: see docs/cli.md. */
export const EXIT = { fine: 0, failed: 1, usage: 2, badInput: 3, refused: 4, interrupted: 130 } as const

/** What a command may touch beside files. */
export interface CliIo {
  /** Where results go. */
  readonly stdout: { write(text: string): unknown }
  /** Where errors and progress go; a bar is drawn only where this is a terminal. */
  readonly stderr: ProgressStream
  /** Ends the command, which then leaves nothing half-written. */
  readonly signal?: AbortSignal
}

/** One option of a command. */
export interface CliOption {
  /** Name of the value in the help, such as FILE; absent: the option is a switch. */
  readonly value?: string
  /** Values that are allowed. */
  readonly choices?: readonly string[]
  readonly required?: boolean
  /** Whether it may be given several times. */
  readonly multiple?: boolean
  readonly help: string
}

/** The options of a command line, by name, as they were given. */
export interface CliArguments {
  readonly positionals: readonly string[]
  /** Whether a switch was given. */
  has(name: string): boolean
  /** The value of an option. */
  text(name: string): string | undefined
  /** The values of an option that may be given several times. */
  texts(name: string): readonly string[]
}

/** One command: a declaration, from which parsing, checks and help derive, and what it does. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** Names of the arguments that stand without a name; those in brackets may be left out. */
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, CliOption>>
  /** More lines of the help. */
  readonly details: string
  /** @returns the exit code. */
  run(args: CliArguments, io: CliIo): Promise<number>
}

/** The command line is wrong. */
export class UsageError extends Error {
  /** The command whose help tells more. */
  readonly command: string | undefined

  constructor(problem: string, command?: string) {
    super(problem)
    this.name = 'UsageError'
    this.command = command
  }
}

/** Options that every command has. */
const COMMON: Readonly<Record<string, CliOption>> = {
  json: { help: 'machine-readable output, one JSON document' },
  help: { help: 'this text' },
}

const optionsOf = (command: Command): Readonly<Record<string, CliOption>> => ({ ...command.options, ...COMMON })

/**
 * The arguments behind a command's name.
 * @throws UsageError for an unknown option, naming the nearest one, a missing value or argument, and a value that is not allowed.
 */
export function parseCommandLine(command: Command, argv: readonly string[]): CliArguments {
  const options = optionsOf(command)
  const fail = (problem: string): never => {
    throw new UsageError(problem, command.name)
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' } as const]),
    ),
    strict: false,
    tokens: true,
  })
  const positionals: string[] = []
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (!option) {
      const written = Object.keys(options).map((name) => `--${name}`)
      return fail(`option "${token.rawName}" does not exist. ${knownNames('options', token.rawName, written)}`)
    }
    const { value, choices, multiple } = option
    if (!value && token.value !== undefined) return fail(`option "--${token.name}" takes no value`)
    if (value && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))) {
      return fail(`option "--${token.name}" needs a value: --${token.name} ${value}`)
    }
    if (choices && !choices.includes(token.value!)) {
      return fail(`--${token.name} is "${token.value}". ${knownNames('values', token.value!, choices)}`)
    }
    if (given.has(token.name) && value && !multiple) return fail(`option "--${token.name}" is given twice`)
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ''])
  }
  if (!given.has('help')) {
    const missing = command.positionals[positionals.length]
    if (missing && !missing.startsWith('[')) return fail(`the argument ${missing} is missing`)
    const extra = positionals[command.positionals.length]
    if (extra !== undefined) return fail(`the argument "${extra}" is one too many`)
    const required = Object.entries(options).find(([name, option]) => option.required && !given.has(name))
    if (required) return fail(`option "--${required[0]} ${required[1].value}" is missing`)
  }
  return {
    positionals,
    has: (name) => given.has(name),
    text: (name) => given.get(name)?.[0],
    texts: (name) => given.get(name) ?? [],
  }
}

const argumentText = (name: string, { value, choices }: CliOption): string =>
  value ? `--${name} ${choices ? choices.join('|') : value}` : `--${name}`

/** How a command is called. */
function usageLine(command: Command): string {
  const required = Object.entries(command.options).filter(([, option]) => option.required)
  const texts = required.map(([name, option]) => argumentText(name, option))
  return ['ridgeline', command.name, ...command.positionals, ...texts, '[options]'].join(' ')
}

/** Two columns, the first as wide as it must be. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

/** The text of `ridgeline COMMAND --help`. */
export function commandHelp(command: Command): string {
  const rows = Object.entries(optionsOf(command)).map(([name, option]): [string, string] => [
    argumentText(name, option),
    option.help,
  ])
  return `${command.summary}\n\n  ${usageLine(command)}\n\n${table(rows)}\n\n${command.details}\n`
}

/** The text of `ridgeline --help`. */
export function overallHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, positionals, summary }): [string, string] => [
    [name, ...positionals].join(' '),
    summary,
  ])
  return `Looks into saved models of Ridgeline and Spark ML, converts and compares them, scores files, promotes
models in MLflow's registry, and serves them over HTTP.

${table(rows)}

  ridgeline COMMAND --help   tells more of a command
  ridgeline --version        prints the version

Exit codes: 0 fine, 1 failed or different, 2 wrong command line, 3 bad model or input, 4 refused by a gate, 130 interrupted.
`
}
