import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KernelOptions } from '../../../src/kernels/engine.js'
import type { Batch, DictColumn } from '../../../src/sql/batch.js'
import { columnReader } from '../../../src/sql/column-reader.js'
import { parseSchema } from '../../../src/sql/ddl.js'
import { LocalEngine } from '../../../src/sql/local/local-engine.js'
import { plainRows, plainScan } from '../../../src/sql/local/plain-csv.js'
import { MAX_DICTIONARY } from '../../../src/sql/local/string-dictionary.js'
import type { Plan, PlanOf } from '../../../src/sql/plan.js'
import type { StructType } from '../../../src/sql/types.js'
import { XORShiftRandom } from '../../../src/util/random/xorshift.js'

const engine = new LocalEngine()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true })
})

const file = async (name: string, text: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

type Options = Readonly<Record<string, string>>

const scan = (schema: string, paths: readonly string[], options: Options): Promise<Plan> =>
  engine.scan({ format: 'csv', paths, options: new Map(Object.entries(options)), schema: parseSchema(schema) })

/** The same rows by the relational engine alone: this option says what holds anyway, and plain csv has no such option. */
const byEngine = (schema: string, paths: readonly string[], options: Options): Promise<Plan> =>
  scan(schema, paths, { ...options, multiLine: 'false' })

function rowsOf(batch: Batch, { fields }: StructType): unknown[][] {
  const readers = batch.columns.map((column, k) => columnReader(column, fields[k].dataType))
  return Array.from({ length: batch.length }, (_, row) => readers.map((read) => read(row)))
}

async function allRows(plan: Plan, columns?: readonly string[]): Promise<unknown[][]> {
  const rows: unknown[][] = []
  const schema = columns
    ? { fields: columns.map((name) => plan.schema.fields.find((field) => field.name === name)!) }
    : plan.schema
  for await (const batch of engine.stream(plan, { columns })) rows.push(...rowsOf(batch, schema as StructType))
  return rows
}

/** Rows, or what is said instead. */
const outcome = (plan: Plan, columns?: readonly string[]): Promise<unknown> =>
  allRows(plan, columns).catch((error: Error & { details?: object }) => ({
    message: error.message,
    details: { ...error.details, cause: undefined },
  }))

/** Rows that the reader of plain csv gives, and what it says at their end. */
async function plain(plan: Plan, blockBytes?: number, options?: KernelOptions, signal?: AbortSignal) {
  const found = plainScan(plan)
  expect(found).toBeDefined()
  const rows: unknown[][] = []
  const batches = plainRows(found!, signal, blockBytes, options)
  for (;;) {
    const { value, done } = await batches.next()
    if (done) return { rows, given: value }
    rows.push(...rowsOf(value, plan.schema))
  }
}

/** Numbers from 0 to 1, the same ones for a seed. */
function random(seed: number): () => number {
  const numbers = new XORShiftRandom(seed)
  return () => numbers.nextDouble()
}

const CITIES = ['FR', 'DE', 'Paris', 'a longer name of a city', 'São Paulo', '東京', 'exactly 16 bytes', '']
const PLAIN: Readonly<Record<string, (next: () => number) => string>> = {
  STRING: (next) => (next() < 0.7 ? CITIES[Math.floor(next() * CITIES.length)] : `text ${Math.floor(next() * 1e5)}`),
  DOUBLE: (next) =>
    next() < 0.5 ? String((next() - 0.5) * 10 ** Math.floor(next() * 40 - 20)) : (next() * 100).toFixed(2),
  FLOAT: (next) => String(Math.fround((next() - 0.5) * 1000)),
  INT: (next) => String(Math.floor((next() - 0.5) * 10 ** Math.floor(next() * 9))),
  BIGINT: (next) => String(BigInt(Math.floor((next() - 0.5) * 2 ** 53)) * BigInt(Math.floor(next() * 1000))),
  SMALLINT: (next) => String(Math.floor((next() - 0.5) * 65536)),
  TINYINT: (next) => String(Math.floor((next() - 0.5) * 256)),
  BOOLEAN: (next) => String(next() < 0.5),
}
const ODD = [
  ...[
    ' 5',
    '+5',
    '5 ',
    ' ',
    '-',
    '-0',
    '007',
    '-00.50',
    '0x1f',
    '1_000',
    '1.',
    '.5',
    '-.5',
    '1e',
    '1e5',
    '1E+5',
    '1e-5x',
  ],
  ...[
    '1e400',
    '-1e400',
    '1e-400',
    '4.9e-324',
    '2e-324',
    '1.5',
    '1.0',
    'NaN',
    'nan',
    'Inf',
    '-Infinity',
    'null',
    'NULL',
  ],
  ...[
    '127',
    '128',
    '-128',
    '-129',
    '32768',
    '2147483647',
    '2147483648',
    '-2147483648',
    '-2147483649',
    '9223372036854775807',
  ],
  ...[
    '9223372036854775808',
    '-9223372036854775808',
    '-9223372036854775809',
    '99999999999999999999',
    '3.4028236e38',
    '1e-46',
  ],
  ...[
    '16777217.0',
    '1.00000005960464477539062500001',
    '9007199254740993.00000000000000000000000001',
    '00000000000000000000001',
  ],
  ...[
    'TRUE',
    'True',
    't',
    ' true',
    'truex',
    '"12"',
    '" 12"',
    '"true"',
    '"1.5"',
    '""',
    '"a,b"',
    '"a""b"',
    '"a\nb"',
    '"a\r\nb"',
  ],
  ...[
    '"',
    'x"y',
    '"x"y',
    'x"',
    '5" pipe',
    '""""',
    'é',
    'a\tb',
    'a;b',
    "it's",
    '#',
    '\\',
    '\\"',
    'a\rb',
    '\u007f',
    '😀',
    '\ufeff',
  ],
]
const TYPES = Object.keys(PLAIN)

/** A file of random lines, most of them plain. */
function randomCsv(next: () => number) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]
  const types = Array.from({ length: 1 + Math.floor(next() * 5) }, () => pick(TYPES))
  const separator = pick([',', ',', ',', ';', '\t', '|', ':', '#'])
  const quote = pick(['"', '"', '"', "'"])
  const end = pick(['\n', '\n', '\r\n'])
  const odd = pick([0, 0.001, 0.02, 0.2])
  const quoted = pick([0, 0.1, 1])
  const line = (): string => {
    const cells = types.map((type) => {
      if (next() < odd) return pick(ODD)
      const cell = next() < 0.1 ? '' : PLAIN[type](next)
      return next() < quoted ? `${quote}${cell}${quote}` : cell
    })
    if (next() < odd / 5) cells.pop()
    if (next() < odd / 5) cells.push('more')
    return cells.join(separator) + (next() < odd / 20 ? '\n' : end)
  }
  const header = next() < 0.5
  const names = types.map((_, k) => (next() < 0.1 ? `${quote}c${k}${quote}` : `c${k}`)).join(separator)
  const lines = Array.from({ length: Math.floor(next() * 60) }, line)
  const text = (header ? names + end : '') + lines.join('')
  return {
    text: next() < 0.3 ? text.slice(0, -end.length) : text,
    schema: types.map((type, k) => `c${k} ${type}`).join(', '),
    options: {
      ...(header ? { header: 'true' } : {}),
      ...(separator === ',' ? {} : { sep: separator }),
      ...(quote === '"' ? {} : { quote }),
      mode: pick(['PERMISSIVE', 'DROPMALFORMED', 'FAILFAST']),
    },
  }
}

const FILES = 60

describe('random files', () => {
  test('give the rows, or the error, of the relational engine', async () => {
    const next = random(1)
    let whole = 0
    let parts = 0
    for (let k = 0; k < FILES; k++) {
      const { text, schema, options } = randomCsv(next)
      const path = await file(`random${k}.csv`, text)
      const expected = await outcome(await byEngine(schema, [path], options))
      const about = JSON.stringify({ k, schema, options, text: text.slice(0, 3000) })
      const plan = await scan(schema, [path], options)
      expect(await outcome(plan), about).toEqual(expected)
      if (next() < 0.3) {
        const columns = plan.schema.fields.map(({ name }) => name).filter(() => next() < 0.5)
        expect(await outcome(plan, columns), about).toEqual(
          await outcome(await byEngine(schema, [path], options), columns),
        )
      }
      const blockBytes = 64 + Math.floor(next() * 400)
      const [fast, twin] = await Promise.all(
        (['wasm', 'js'] as const).map((backend) => plain(plan, blockBytes, { backend })),
      )
      // The twin knows the nearest float of numbers that the kernel leaves to the engine.
      if (schema.includes('FLOAT')) expect(twin.rows.slice(0, fast.rows.length), about).toEqual(fast.rows)
      else expect(twin, about).toEqual(fast)
      const { rows, given } = twin
      expect(rows.length).toBe(given ?? rows.length)
      if (Array.isArray(expected)) expect(rows, about).toEqual(expected.slice(0, given))
      if (given === undefined) whole++
      else if (given > 0) parts++
    }
    // Both happen often.
    expect(whole).toBeGreaterThan(FILES / 4)
    expect(parts).toBeGreaterThan(FILES / 8)
  })
})

describe('doubles', () => {
  const next = random(2)
  const bits = (): bigint => (BigInt(Math.floor(next() * 2 ** 32)) << 32n) | BigInt(Math.floor(next() * 2 ** 32))
  const doubleOf = (pattern: bigint): number => new Float64Array(BigUint64Array.of(pattern).buffer)[0]
  const finite = (mask: bigint): number => {
    for (;;) {
      const x = doubleOf(bits() & mask)
      if (Number.isFinite(x)) return x
    }
  }
  const forms = (x: number): string[] => [
    ...[String(x), x.toPrecision(15), x.toPrecision(17), x.toPrecision(20), x.toExponential(16), x.toExponential(25)],
  ]
  /** The number halfway between an integer of 53 bits and the next one, times a power of two: all of its digits. */
  const halfway = (power: number): string => {
    const odd = (1n << 53n) | (bits() >> 11n) | 1n
    if (power >= 0) return String(odd << BigInt(power))
    const text = String(odd * 5n ** BigInt(-power)).padStart(1 - power, '0')
    return `${text.slice(0, power)}.${text.slice(power)}`
  }
  const cases: Readonly<Record<string, () => string[]>> = {
    'of any bits': () => forms(finite((1n << 64n) - 1n)),
    'below the least normal one': () => forms(finite((1n << 52n) - 1n)),
    'of usual size': () => forms((next() - 0.5) * 10 ** Math.floor(next() * 12 - 4)),
    'of few digits': () => [
      ...[(next() * 1e5).toFixed(2), String(Math.floor(next() * 1e9)), `${Math.floor(next() * 1000)}.0`],
    ],
    'of 1 to 19 digits and any power': () => {
      const digits = String(bits()).slice(0, 1 + Math.floor(next() * 19))
      return [`${digits}e${Math.floor(next() * 680) - 350}`, `0.${'0'.repeat(Math.floor(next() * 25))}${digits}`]
    },
    'halfway between two doubles': () => {
      const text = halfway(Math.floor(next() * 80) - 60)
      const point = text.includes('.') ? text : `${text}.0`
      const below = point.endsWith('5') ? [`${point.slice(0, -1)}4999`] : []
      return [text, `${point}000`, `${point}0000000000000000001`, ...below]
    },
    'at the ends': () => [
      ...['0', '-0', '0.0', '-0.0e10', '4.9e-324', '5e-324', '2.4703282292062328e-324', '2.2250738585072011e-308'],
      ...['2.2250738585072014e-308', '1.7976931348623157e308', '1.7976931348623158e+308', '9007199254740993', '0e999'],
    ],
  }
  test.each(Object.entries(cases))('%s are those of Number, to the last bit', async (_name, make) => {
    const isPlain = (text: string): boolean =>
      /^-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]+)?$/.test(text) &&
      Number.isFinite(Number(text)) &&
      (Number(text) !== 0 || !/[1-9]/.test(text.split('e')[0]))
    const texts = Array.from({ length: 1500 }, make).flat().filter(isPlain)
    expect(texts.length).toBeGreaterThan(1500)
    const path = await file('doubles.csv', `${texts.join('\n')}\n`)
    const { rows, given } = await plain(await scan('x DOUBLE', [path], {}))
    expect(given).toBeUndefined()
    expect(texts.filter((text, k) => !Object.is(rows[k][0], Number(text)))).toEqual([])
  })
})

describe('texts', () => {
  test('that are very many fill one dictionary after another', async () => {
    const count = 300_000
    const path = await file('texts.csv', Array.from({ length: count }, (_, k) => `${k},text ${k % 7}\n`).join(''))
    const plan = await scan('k STRING, s STRING', [path], {})
    const dictionaries = new Set<readonly string[]>()
    let row = 0
    for await (const { columns, length } of engine.stream(plan)) {
      const [k, s] = columns as DictColumn[]
      dictionaries.add(k.dictionary)
      for (let i = 0; i < length; i++, row++) {
        if (k.dictionary[k.codes[i]] !== String(row) || s.dictionary[s.codes[i]] !== `text ${row % 7}`) {
          throw new Error(`row ${row} is wrong`)
        }
      }
      expect(s.dictionary.length).toBe(7)
    }
    expect(row).toBe(count)
    expect([...dictionaries].map(({ length }) => length)).toEqual([
      ...[MAX_DICTIONARY, MAX_DICTIONARY, count - 2 * MAX_DICTIONARY],
    ])
  })

  test('may be as long as a block, not as two', async () => {
    const path = await file('long.csv', `${'x'.repeat(1000)},1\n${'é'.repeat(450)},2\n${'y'.repeat(2100)},3\n`)
    const plan = await scan('s STRING, i INT', [path], {})
    for (const backend of ['wasm', 'js'] as const) {
      const { rows, given } = await plain(plan, 1024, { backend })
      expect([rows, given]).toEqual([
        [
          ['x'.repeat(1000), 1],
          ['é'.repeat(450), 2],
        ],
        2,
      ])
      expect((await plain(plan, undefined, { backend })).given).toBeUndefined()
    }
  })
})

describe('files', () => {
  test('are read in order, each with its own header and ends of lines', async () => {
    const paths = [
      await file('one.csv', 'i,s\n1,a\n2,\n'),
      await file('two.csv', '"i","s"\r\n3,"b, c"\r\n4,d'),
      await file('three.csv', 'i,s\n5,"e ""f"""\n6,g\n'),
    ]
    const plan = await scan('i INT, s STRING', paths, { header: 'true' })
    expect((await plain(plan)).given).toBe(4)
    const texts = ['a', null, 'b, c', 'd', 'e "f"', 'g']
    expect(await allRows(plan)).toEqual(texts.map((text, k) => [k + 1, text]))
    expect(await allRows(plan, ['s', 'i'])).toEqual(texts.map((text, k) => [text, k + 1]))
  })

  test.each([
    ['nothing at all', ''],
    ['only names', 'i,s\n'],
    ['only names without an end', 'i,s'],
    ['other names than the schema has', 'a,b,c\n1,x\n'],
    ['a name over two lines', '"i\n",s\n1,x\n'],
    ['a byte order mark', '\ufeffi,s\n1,x\n'],
    ['a blank line after the names', 'i,s\n\n1,x\n'],
    ['blank lines at the end', 'i,s\n1,x\n\n\n'],
    ['another end at the last line', 'i,s\n1,x\n2,y\r'],
  ])('with %s are what the engine says', async (_name, text) => {
    const path = await file('special.csv', text)
    for (const mode of ['PERMISSIVE', 'FAILFAST']) {
      const options = { header: 'true', mode }
      expect(await outcome(await scan('i INT, s STRING', [path], options))).toEqual(
        await outcome(await byEngine('i INT, s STRING', [path], options)),
      )
    }
  })

  test('that are not UTF-8 are told with their line', async () => {
    const path = await file('latin.csv', Buffer.from('a,1\nb,2\n\xe9,3\n', 'latin1'))
    const options = { mode: 'FAILFAST' }
    const told = await outcome(await scan('s STRING, i INT', [path], options))
    expect(told).toMatchObject({ details: { file: path, line: 3 } })
    expect(told).toEqual(await outcome(await byEngine('s STRING, i INT', [path], options)))
  })

  test.each([
    ['another format', { format: 'text' as const }],
    ['an escape', { options: { escape: '\\' } }],
    ['a null value', { options: { nullvalue: 'NA' } }],
    ['a comment', { options: { comment: '#' } }],
    ['line breaks in cells', { options: { multiline: 'true' } }],
    ['another character set', { options: { encoding: 'latin-1' } }],
    ['an unknown mode', { options: { mode: 'LENIENT' } }],
    ['a separator of two characters', { options: { sep: '||' } }],
    ['a column of corrupt records', { schema: parseSchema('i INT, _corrupt_record STRING') }],
    ['a date', { schema: parseSchema('d DATE') }],
    ['compression', { paths: ['rides.csv.gz'] }],
  ])('with %s are left to the engine', (_name, part) => {
    const known: PlanOf<'fileScan'> = {
      ...{ kind: 'fileScan', format: 'csv', schema: parseSchema('i INT, s STRING'), paths: ['rides.csv'], options: {} },
    }
    expect(plainScan(known)).toBeDefined()
    expect(plainScan({ ...known, ...part })).toBeUndefined()
  })
})

describe('a reader that stops', () => {
  const openFiles = async (path: string): Promise<string[]> => {
    const open = await readdir('/proc/self/fd').catch(() => [])
    const targets = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    return targets.filter((target) => target === path)
  }
  const long = async (): Promise<[string, Plan]> => {
    const path = await file('rows.csv', 'some text,1.5\n'.repeat(400_000))
    return [path, await scan('s STRING, x DOUBLE', [path], {})]
  }

  test('early closes its file', async () => {
    const [path, plan] = await long()
    for await (const { length } of engine.stream(plan)) {
      expect(length).toBeGreaterThan(0)
      break
    }
    expect(await openFiles(path)).toEqual([])
  })

  test('by a signal gives its reason, and closes its file', async () => {
    const [path, plan] = await long()
    const controller = new AbortController()
    const reason = new Error('enough')
    let rows = 0
    const reading = async (): Promise<void> => {
      for await (const { length } of engine.stream(plan, { signal: controller.signal })) {
        rows += length
        controller.abort(reason)
      }
    }
    await expect(reading()).rejects.toBe(reason)
    expect(rows).toBeLessThan(400_000)
    expect(await openFiles(path)).toEqual([])
  })
})
