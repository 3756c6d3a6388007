import { RidgelineError } from '../errors.js'
import { knownNames } from '../util/names.js'
import { version } from '../version.js'
import { type CliIo, type Command, commandHelp, EXIT, overallHelp, parseCommandLine, UsageError } from './command.js'
import { convert } from './convert.js'
import { diff } from './diff.js'
import { BadInputError } from './input-error.js'
import { inspect } from './inspect.js'
import { models } from './models.js'
import { promote } from './promote.js'
import { register } from './register.js'
import { rollback } from './rollback.js'
import { score } from './score.js'
import { serve } from './serve.js'

const COMMANDS: readonly Command[] = [inspect, convert, score, diff, register, promote, rollback, models, serve]

/**
 * Runs one command line of `ridgeline`.
 * @param argv the arguments behind the program's name.
 * @returns the exit code; nothing is thrown.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const asJson = argv.includes('--json')
  try {
    return await dispatch(argv, io)
  } catch (error) {
    if (io.signal?.aborted) {
      io.stderr.write(errorText('INTERRUPTED', 'interrupted; nothing was written', asJson))
      return EXIT.interrupted
    }
    if (error instanceof UsageError) {
      const more = `ridgeline ${error.command === undefined ? '' : `${error.command} `}--help tells more.`
      io.stderr.write(errorText('USAGE', `${error.message.replace(/[^.?]$/, '$&.')} ${more}`, asJson))
      return EXIT.usage
    }
    const isInput = error instanceof BadInputError
    const cause = isInput ? error.cause : error
    const code = cause instanceof RidgelineError ? cause.code : 'FAILED'
    const message = cause instanceof Error ? cause.message : String(cause)
    const advice = isInput && error.advice !== '' ? ` ${error.advice}` : ''
    io.stderr.write(errorText(code, message + advice, asJson))
    return isInput ? EXIT.badInput : EXIT.failed
  }
}

const errorText = (code: string, message: string, asJson: boolean): string =>
  asJson ? `${JSON.stringify({ error: { code, message } })}\n` : `ridgeline: ${message}\n`

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = COMMANDS.find((command) => command.name === rest[0])
    io.stdout.write(asked ? commandHelp(asked) : overallHelp(COMMANDS))
    return name === undefined ? EXIT.usage : EXIT.fine
  }
  if (name === '--version' || name === '-V') {
    io.stdout.write(`${version}\n`)
    return EXIT.fine
  }
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (!command) {
    const names = COMMANDS.map((candidate) => candidate.name)
    throw new UsageError(`command "${name}" does not exist. ${knownNames('commands', name, names)}`)
  }
  const args = parseCommandLine(command, rest)
  if (args.has('help')) {
    io.stdout.write(commandHelp(command))
    return EXIT.fine
  }
  io.signal?.throwIfAborted()
  return command.run(args, io)
}
