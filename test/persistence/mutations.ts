import type { XORShiftRandom } from '../../src/util/random/xorshift.js'

/** JSON that may be changed. */
export type Node = null | boolean | number | string | Node[] | { [key: string]: Node }

/** A place in JSON: what holds it, and under which key. */
interface Place {
  readonly holder: Node[] | { [key: string]: Node }
  readonly key: string
  /** The part of the innermost stage that it belongs to: `params`, `state` … */
  readonly section: string
}

function* places(node: Node, section = ''): Generator<Place> {
  if (typeof node !== 'object' || node === null) return
  const isStage = 'class' in node && 'uid' in node
  for (const key of Object.keys(node)) {
    const inside = isStage ? key : section
    yield { holder: node, key, section: inside }
    yield* places((node as { [key: string]: Node })[key], inside)
  }
}

function nested(levels: number): Node {
  let node: Node = []
  for (let i = 0; i < levels; i++) node = [node]
  return node
}

/** Values that may stand where another one belongs: of other types, too large, not finite, tricky names. */
const FOREIGN: readonly (() => Node)[] = [
  () => null,
  () => true,
  ...[0, -1, 1, 0.5, 7, 1e308, -1e308, 2 ** 31, 2 ** 31 - 1, 2 ** 53, 1e9].map((x) => () => x),
  ...['NaN', 'Infinity', '-Infinity', '', '1', '../../etc/passwd', '__proto__', 'a\u0000b', '9'.repeat(400)].map(
    (x) => () => x,
  ),
  () => [],
  () => ({}),
  () => [[]],
  () => [{}],
  () => ({ float64: '' }),
  () => ({ float64: 'AAAAAAAA8H8=' }),
  () => ({ int32: '/////w==' }),
  () => ({ type: 0, size: 2 ** 31 - 1, indices: [], values: [] }),
  () => ({ type: 1, values: [] }),
  () => nested(2000),
  () => Array.from({ length: 10_000 }, () => 0),
]

/** Changes one place of a document, or of a copy of it, at random. */
export function mutate(document: Node, random: XORShiftRandom): Node {
  const copy = structuredClone(document)
  const all = [...places(copy)]
  const pick = <T>(list: readonly T[]): T => list[random.nextInt(list.length)]
  // What was learned is where most harm can be done, and schemas are long.
  const learned = all.filter(({ section }) => section === 'state')
  const { holder, key } = pick(learned.length > 0 && random.nextInt(2) === 0 ? learned : all)
  const at = holder as { [key: string]: Node }
  const value = at[key]
  const put = (node: Node): void => {
    at[key] = node
  }
  const changes: (() => void)[] = [
    () => put(pick(FOREIGN)()),
    () => put(pick(FOREIGN)()),
    () => put(structuredClone(pick(all).holder)),
    () => {
      const other = pick(all)
      put(structuredClone((other.holder as { [key: string]: Node })[other.key]))
    },
    () => {
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete at[key]
    },
    () => {
      if (Array.isArray(holder)) holder.push(structuredClone(value))
      else Object.defineProperty(at, pick(['__proto__', 'constructor', 'extra']), { value, enumerable: true })
    },
    () => {
      if (typeof value === 'number') put(pick([value + 1, -value, value * 1e6, value + 0.5, 'NaN', 'Infinity']))
      else if (typeof value === 'string') put(pick([value.slice(0, value.length >> 1), value + value, `${value} `]))
      else if (Array.isArray(value)) put(pick([value.slice(1), [...value, ...value], value.toReversed(), [value]]))
      else put(pick(FOREIGN)())
    },
  ]
  pick(changes)()
  return copy
}
