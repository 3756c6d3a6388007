/** From here on, zeroing costs more than the way around it. */
const MANY = 512

/** An array whose numbers are whatever lay there before: all of them must be written. Zeroing a large array takes about as long as filling it. */
export const uninitialized = (length: number): Float64Array =>
  length < MANY ? new Float64Array(length) : new Float64Array(Buffer.allocUnsafeSlow(8 * length).buffer, 0, length)
