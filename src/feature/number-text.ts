import type { DataType } from '../sql/types.js'
import { javaDoubleText, javaFloatText } from '../util/java-text.js'

/** How numbers of a type look as strings, and how such a string reads back. */
export interface NumberText {
  /** Spark's `cast(x as string)`: `1.0`, `1.0E10`, `NaN` for floating-point numbers, `1` for integers, `1.50` for a decimal of scale 2. */
  text(value: number | bigint): string
  /** The number with exactly this text, or undefined when there is none. A long is a bigint. */
  parse(text: string): number | bigint | undefined
}

/** Text of the numbers of a numeric type. */
export function numberText(type: DataType): NumberText {
  switch (type.kind) {
    case 'double':
      return exact((value) => javaDoubleText(value as number), Number)
    case 'float':
      return exact(
        (value) => javaFloatText(value as number),
        (text) => Math.fround(Number(text)),
      )
    case 'decimal':
      return exact((value) => (value as number).toFixed(type.scale), Number)
    case 'long':
      return exact(String, (text) => (/^-?\d+$/.test(text) ? BigInt(text) : 0n))
    default:
      return exact(String, Number)
  }
}

/** A text counts only where it is the very text of the number that it reads as: `1` is no double, `1.0` is. */
function exact(text: NumberText['text'], read: (text: string) => number | bigint): NumberText {
  return {
    text,
    parse: (label) => {
      const value = read(label)
      return text(value) === label ? value : undefined
    },
  }
}
