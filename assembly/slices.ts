/*
 * Levels of trees by masks: slice k of the way of 128 rows has a bit a row, set where the row goes right at level k. Byte and
 * bit of a row are those of its masks.
 */

/** Bits with another one behind them: set where a comparison holds, that is where its byte is -1. */
@inline
export function append(bits: v128, holds: v128): v128 {
  return i8x16.sub(i8x16.add(bits, bits), holds)
}

/** Mask `i` of a list of places within the masks of a block. */
@inline
export function falls(masks: usize, at: usize, i: usize): v128 {
  return v128.load(masks + <usize>load<u32>(at + (i << 2)))
}

/** Bits of `right` for rows that go right, else of `left`. */
@inline
export function pick(goesRight: v128, left: v128, right: v128): v128 {
  return v128.bitselect(right, left, goesRight)
}

/** Of two masks, that of the node which the way of a row has come to; the next ones choose among four and eight. */
@inline
export function pick2(masks: usize, at: usize, a: v128): v128 {
  return pick(a, falls(masks, at, 0), falls(masks, at, 1))
}

@inline
export function pick4(masks: usize, at: usize, a: v128, b: v128): v128 {
  return pick(a, pick2(masks, at, b), pick2(masks, at + 8, b))
}

@inline
export function pick8(masks: usize, at: usize, a: v128, b: v128, c: v128): v128 {
  return pick(a, pick4(masks, at, b, c), pick4(masks, at + 16, b, c))
}

@inline
function pickSpare2(at: usize, a: v128): v128 {
  return pick(a, v128.load(at), v128.load(at, 16))
}

@inline
function pickSpare4(at: usize, a: v128, b: v128): v128 {
  return pick(a, pickSpare2(at, b), pickSpare2(at + 32, b))
}

/** The same among eight masks that stand one after another. */
@inline
export function pickSpare8(at: usize, a: v128, b: v128, c: v128): v128 {
  return pick(a, pickSpare4(at, b, c), pickSpare4(at + 64, b, c))
}

/** What of two vectors changes places where those bits of the first one that lie `shift` higher than `mask` and the bits of `mask` in the second one do. */
@inline
function changed(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.and(v128.xor(i16x8.shr_u(a, shift), b), mask)
}

@inline
function upper(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.xor(a, i16x8.shl(changed(a, b, shift, mask), shift))
}

@inline
function lower(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.xor(b, changed(a, b, shift, mask))
}

/**
 * Writes a byte a row, made of one bit of each slice from the lowest bit on, shifted right at last. It transposes 16 squares of
 * 8 bits at once: of each pair of slices, half of the bits change places, three times (H. S. Warren, Hacker's Delight, 2013,
 * section 7-3).
 */
@inline
export function storeCodes(codes: usize, shift: i32, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): void {
  const mask1 = i8x16.splat(0x55)
  const mask2 = i8x16.splat(0x33)
  const mask4 = i8x16.splat(0x0f)
  const a1 = upper(a, b, 1, mask1)
  const b1 = lower(a, b, 1, mask1)
  const c1 = upper(c, d, 1, mask1)
  const d1 = lower(c, d, 1, mask1)
  const e1 = upper(e, f, 1, mask1)
  const f1 = lower(e, f, 1, mask1)
  const g1 = upper(g, h, 1, mask1)
  const h1 = lower(g, h, 1, mask1)
  const a2 = upper(a1, c1, 2, mask2)
  const c2 = lower(a1, c1, 2, mask2)
  const b2 = upper(b1, d1, 2, mask2)
  const d2 = lower(b1, d1, 2, mask2)
  const e2 = upper(e1, g1, 2, mask2)
  const g2 = lower(e1, g1, 2, mask2)
  const f2 = upper(f1, h1, 2, mask2)
  const h2 = lower(f1, h1, 2, mask2)
  const a4 = upper(a2, e2, 4, mask4)
  const e4 = lower(a2, e2, 4, mask4)
  const b4 = upper(b2, f2, 4, mask4)
  const f4 = lower(b2, f2, 4, mask4)
  const c4 = upper(c2, g2, 4, mask4)
  const g4 = lower(c2, g2, 4, mask4)
  const d4 = upper(d2, h2, 4, mask4)
  const h4 = lower(d2, h2, 4, mask4)
  const kept = i8x16.splat(<i8>(0xff >> shift))
  v128.store(codes, v128.and(i16x8.shr_u(a4, shift), kept), 0)
  v128.store(codes, v128.and(i16x8.shr_u(b4, shift), kept), 16)
  v128.store(codes, v128.and(i16x8.shr_u(c4, shift), kept), 32)
  v128.store(codes, v128.and(i16x8.shr_u(d4, shift), kept), 48)
  v128.store(codes, v128.and(i16x8.shr_u(e4, shift), kept), 64)
  v128.store(codes, v128.and(i16x8.shr_u(f4, shift), kept), 80)
  v128.store(codes, v128.and(i16x8.shr_u(g4, shift), kept), 96)
  v128.store(codes, v128.and(i16x8.shr_u(h4, shift), kept), 112)
}
