import { type Build, type Cell, compare, type Evaluate, remembered, stop, strict, strictBy } from './cell.js'

const comparison = (test: (order: number) => boolean): Build => strict((a: Cell, b: Cell) => test(compare(a, b)))

const notNull =
  (a: Evaluate, b: Evaluate): Evaluate =>
  (cells) =>
    a(cells) ?? b(cells)

const coalesce: Build = (args) => args.reduceRight((rest, arg) => notNull(arg, rest))

const same = (a: Cell, b: Cell): boolean => (a === null || b === null ? a === b : compare(a, b) === 0)

const equalNull: Build =
  ([a, b]) =>
  (cells) =>
    same(a(cells), b(cells))

const and: Build =
  ([a, b]) =>
  (cells) => {
    const left = a(cells)
    if (left === false) return false
    const right = b(cells)
    return right === false ? false : left === null || right === null ? null : true
  }

const or: Build =
  ([a, b]) =>
  (cells) => {
    const left = a(cells)
    if (left === true) return true
    const right = b(cells)
    return right === true ? true : left === null || right === null ? null : false
  }

/** The largest (sign 1) or smallest (-1) of the values that are not null. */
const extreme =
  (sign: number): Build =>
  (args) =>
  (cells) => {
    let best: Cell = null
    for (const arg of args) {
      const value = arg(cells)
      if (value !== null && (best === null || sign * compare(value, best) > 0)) best = value
    }
    return best
  }

const pattern = (like: string, mark: string): string => {
  let source = ''
  let escaped = false
  for (const letter of like) {
    if (escaped && letter !== mark && letter !== '%' && letter !== '_') noEscape(like)
    const isText = escaped || !(letter === mark || letter === '%' || letter === '_')
    if (isText) source += letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    else if (letter !== mark) source += letter === '%' ? '[^]*' : '[^]'
    escaped = !escaped && letter === mark
  }
  return escaped ? noEscape(like) : `^${source}$`
}

const noEscape = (like: string): never =>
  stop(
    'INVALID_FORMAT',
    `the escape in ${like} stands before a letter that needs none`,
    'Escape %, _ and the escape itself',
  )

const like = (flags: string): Build =>
  strictBy(({ args }) => {
    const find = remembered((text) => {
      const at = text.lastIndexOf('\0')
      return new RegExp(pattern(text.slice(0, at), text.slice(at + 1)), flags)
    })
    return args.length > 3 ? undefined : (value, by, mark = '\\') => find(`${by}\0${mark}`).test(value)
  })

/** Operators and functions of nulls, truth and order. */
export const CONDITIONS: Readonly<Record<string, Build>> = {
  '=': comparison((order) => order === 0),
  '<': comparison((order) => order < 0),
  '<=': comparison((order) => order <= 0),
  '>': comparison((order) => order > 0),
  '>=': comparison((order) => order >= 0),
  '<=>': equalNull,
  equal_null: equalNull,
  and,
  or,
  not: strict((a: boolean) => !a),
  between: ([value, low, high], call) =>
    and([CONDITIONS['>=']([value, low], call)!, CONDITIONS['<=']([value, high], call)!], call),
  in:
    ([value, ...list]) =>
    (cells) => {
      const wanted = value(cells)
      if (wanted === null) return null
      let missing = false
      for (const item of list) {
        const found = item(cells)
        if (found === null) missing = true
        else if (compare(wanted, found) === 0) return true
      }
      return missing ? null : false
    },
  isnull:
    ([a]) =>
    (cells) =>
      a(cells) === null,
  isnotnull:
    ([a]) =>
    (cells) =>
      a(cells) !== null,
  isnan:
    ([a]) =>
    (cells) =>
      Number.isNaN(a(cells)),
  nanvl:
    ([a, b]) =>
    (cells) => {
      const value = a(cells)
      return Number.isNaN(value) ? b(cells) : value
    },
  coalesce,
  nvl: coalesce,
  ifnull: coalesce,
  nvl2:
    ([a, some, none]) =>
    (cells) =>
      a(cells) === null ? none(cells) : some(cells),
  nullifzero: strict((a: number | bigint) => (Number(a) === 0 ? null : a)),
  zeroifnull: ([a], { dataType }) => {
    const zero = dataType.kind === 'long' ? 0n : 0
    return (cells) => a(cells) ?? zero
  },
  nullif: ([a, b], { args: [left, right] }) =>
    left.dataType.kind === right.dataType.kind
      ? (cells) => {
          const value = a(cells)
          const other = b(cells)
          return value !== null && other !== null && compare(value, other) === 0 ? null : value
        }
      : undefined,
  if:
    ([condition, then, otherwise]) =>
    (cells) =>
      condition(cells) === true ? then(cells) : otherwise(cells),
  greatest: extreme(1),
  least: extreme(-1),
  like: like('u'),
  ilike: like('ui'),
}
