import { CsvColumn, CsvLines, FLOAT, FULL } from './csv'

const ZEROS: u64 = 0x3030303030303030
const POINT: u32 = 0x2e
const MINUS: u32 = 0x2d
const PLUS: u32 = 0x2b
const E: u32 = 0x65
/** Powers of ten that a number of 64 bits holds. */
const MAX_DIGITS: u32 = 19
const LEAST_POWER: i32 = -342
const GREATEST_POWER: i32 = 308
/** What no finite double is. */
const NOT_PLAIN: u64 = 0x7ff0000000000000

/**
 * A number `-?digits[.digits][e[+-]?digits]` without needless zeros in front, rounded to the nearest double. @returns the address behind it; 0 where it is none, or
 * beyond what doubles hold.
 *
 * The usual form, up to 8 digits, a point and up to 16 digits, is read without loops: first where the digits end, then their values, 8 at a time.
 */
export function parseDouble(csv: CsvLines, column: CsvColumn, row: u32, start: usize): usize {
  const negative = load<u8>(start) == MINUS
  const at = start + <usize>negative
  const others = notDigits(at)
  const whole = ctz(others)
  if (whole - 1 > 7) return parseAnyDouble(csv, column, row, start)
  if (whole > 1 && load<u8>(at) == 0x30) return 0
  let end = at + whole
  let digits: u64 = valueOf((load<u64>(at) ^ ZEROS) << (64 - (whole << 3)))
  let fraction: u32 = 0
  if (load<u8>(end) == POINT) {
    const rest = others & (others - 1)
    fraction = ctz(rest) - whole - 1
    // Also where the end lies beyond what was looked at.
    if (fraction - 1 > 15 || whole + fraction > MAX_DIGITS) return parseAnyDouble(csv, column, row, start)
    end += 1 + fraction
    digits = digits * load<u64>(csv.powers + (<usize>fraction << 3)) + lastDigits(end, fraction)
  }
  if ((load<u8>(end) | 0x20) == E) return parseAnyDouble(csv, column, row, start)
  const bits = rounded(csv.powers, digits, -(<i32>fraction))
  return storeDouble(column, row, bits, negative) ? end : 0
}

/** A bit for each of 32 bytes, 1 where it is no digit. */
@inline
function notDigits(at: usize): u32 {
  const low = i8x16.sub(v128.load(at), i8x16.splat(0x30))
  const high = i8x16.sub(v128.load(at, 16), i8x16.splat(0x30))
  const nine = i8x16.splat(9)
  return i8x16.bitmask(i8x16.gt_u(low, nine)) | (i8x16.bitmask(i8x16.gt_u(high, nine)) << 16)
}

/** The number that 8 bytes make, each the value of a digit, the first one lowest: pairs, then fours, then all at once. */
@inline
function valueOf(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8)
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064
  const high = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001
  return (low + high) >> 32
}

/** The number that 1 to 16 digits before an address make. */
@inline
function lastDigits(end: usize, count: u32): u64 {
  const tail = load<u64>(end - 8) ^ ZEROS
  if (count <= 8) return valueOf(tail & (<u64>-1 << (64 - (count << 3))))
  const head = load<u64>(end - 16) ^ ZEROS
  return valueOf(head & (<u64>-1 << (128 - (count << 3)))) * 100000000 + valueOf(tail)
}

@inline
function storeDouble(column: CsvColumn, row: u32, bits: u64, negative: bool): bool {
  if (bits == NOT_PLAIN) return false
  const value = reinterpret<f64>(bits | (<u64>negative << 63))
  if (column.type == FLOAT) {
    const single = <f64><f32>value
    // A double between two floats does not tell to which of them the number is nearer; small ones have fewer digits.
    const least: f64 = 1.1754943508222875e-38
    if ((bits & 0x1fffffff) == 0x10000000 || single - single != 0 || (bits && abs(single) <= least)) return false
    store<f64>(column.values + (<usize>row << 3), single)
  } else store<f64>(column.values + (<usize>row << 3), value)
  return true
}

/** A number of any length. Digits behind the 19th count only where they decide to which double it is nearest. */
function parseAnyDouble(csv: CsvLines, column: CsvColumn, row: u32, start: usize): usize {
  const negative = load<u8>(start) == MINUS
  let at = start + <usize>negative
  if (load<u8>(at) == 0x30 && digitAt(at + 1) <= 9) return 0
  let digits: u64 = 0
  let count: u32 = 0
  let power: i32 = 0
  let isLonger = false
  let hasPoint = false
  let before = at
  for (; ; at++) {
    const digit = digitAt(at)
    if (digit > 9) {
      if (at == before) return 0
      if (hasPoint || load<u8>(at) != POINT) break
      hasPoint = true
      before = at + 1
      continue
    }
    if (count < MAX_DIGITS) {
      digits = digits * 10 + digit
      count += <u32>(digits != 0)
      power -= <i32>hasPoint
    } else {
      isLonger = isLonger || digit != 0
      power += <i32>!hasPoint
    }
  }
  if ((load<u8>(at) | 0x20) == E) {
    const isSmall = load<u8>(++at) == MINUS
    if (isSmall || load<u8>(at) == PLUS) at++
    if (digitAt(at) > 9) return 0
    let exponent: i32 = 0
    for (; digitAt(at) <= 9; at++) if (exponent < 100000) exponent = exponent * 10 + <i32>digitAt(at)
    power += isSmall ? -exponent : exponent
  }
  const bits = rounded(csv.powers, digits, power)
  if (isLonger) {
    const above = rounded(csv.powers, digits + 1, power)
    if (above == NOT_PLAIN) return 0
    if (bits != above) return leave(csv, column, row, start, at)
  }
  return storeDouble(column, row, bits, negative) ? at : 0
}

@inline
function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30
}

/** Leaves a number to the caller, for the nearest double depends on digits that were not looked at. */
function leave(csv: CsvLines, column: CsvColumn, row: u32, start: usize, end: usize): usize {
  // The nearest float would depend on them, too.
  if (column.type == FLOAT) return 0
  if (csv.undecidedCount == csv.maxUndecided) {
    csv.state = FULL
    return 0
  }
  const entry = csv.undecided + ((<usize>csv.undecidedCount) << 4)
  csv.undecidedCount++
  store<u32>(entry, <u32>((changetype<usize>(column) - csv.columns) / offsetof<CsvColumn>()))
  store<u32>(entry, row, 4)
  store<u32>(entry, <u32>start, 8)
  store<u32>(entry, <u32>(end - start), 12)
  return end
}

/**
 * Bits of the double that is nearest to `digits` times ten to a power, by the product with the power of five, of which 128 bits are always enough.
 * NOT_PLAIN where it is too large or too small for one.
 *
 * D. Lemire, Number parsing at a gigabyte per second, Software: Practice and Experience 51 (2021), DOI 10.1002/spe.2984;
 * N. Mushtak, D. Lemire, Fast number parsing without fallback, Software: Practice and Experience 53 (2023), DOI 10.1002/spe.3198.
 */
function rounded(powers: usize, digits: u64, power: i32): u64 {
  if (!digits) return 0
  if (power < LEAST_POWER || power > GREATEST_POWER) return NOT_PLAIN
  const five = powers + 160 + (<usize>(power - LEAST_POWER) << 4)
  const shift = clz(digits)
  const factor = digits << shift
  const a = load<u64>(five)
  let high = upperHalf(factor, a)
  let low = factor * a
  // The lower half of the power matters only where all bits behind those of a double are 1.
  if ((high & 0x1ff) == 0x1ff) {
    const more = upperHalf(factor, load<u64>(five, 8))
    low += more
    high += <u64>(low < more)
  }
  const top = high >> 63
  // 53 bits of the double, and one to round by.
  const cut = top + 9
  let mantissa = high >> cut
  // Exponents of two in a power of ten: its logarithm as a fraction.
  let exponent = <i64>(((217706 * power) >> 16) + 63) + <i64>top - <i64>shift + 1023
  if (exponent <= 0) {
    if (exponent <= -63) return NOT_PLAIN
    mantissa >>= 1 - exponent
    mantissa = (mantissa + (mantissa & 1)) >> 1
    return mantissa ? mantissa : NOT_PLAIN
  }
  // Halfway between two doubles, which only few powers allow: the even one.
  if (low <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 && mantissa << cut == high) mantissa &= ~1
  mantissa = (mantissa + (mantissa & 1)) >> 1
  // Rounding up may have made it a power of two, whose exponent is one more; so the first bit is added, not set.
  const bits = (<u64>(exponent - 1) << 52) + mantissa
  return bits < NOT_PLAIN ? bits : NOT_PLAIN
}

/** The upper 64 bits of a product of 128. */
@inline
function upperHalf(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const middle = aHigh * bLow + ((aLow * bLow) >> 32)
  return aHigh * bHigh + (middle >> 32) + ((aLow * bHigh + (middle & 0xffffffff)) >> 32)
}
