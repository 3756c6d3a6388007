import { DataError } from '../../../errors.js'

/** Bytes of a text, and back, by Java's names of character sets. */
interface Charset {
  encode(text: string): Uint8Array
  decode(bytes: Uint8Array): string
}

/** One byte a letter below a limit. */
function single(limit: number): Charset {
  const known = (code: number): number => {
    if (code < limit) return code
    throw new DataError(`[MALFORMED_CHARACTER_CODING] the character set has no letter ${code}`, {
      hint: 'Use UTF-8, which has every letter',
    })
  }
  return {
    encode: (text) => Uint8Array.from(text, (letter) => known(letter.codePointAt(0)!)),
    decode: (bytes) => Array.from(bytes, (byte) => String.fromCharCode(known(byte))).join(''),
  }
}

const wide = (littleEndian: boolean): Charset => ({
  encode(text) {
    const view = new DataView(new ArrayBuffer(text.length * 2))
    for (let k = 0; k < text.length; k++) view.setUint16(k * 2, text.charCodeAt(k), littleEndian)
    return new Uint8Array(view.buffer)
  },
  decode: (bytes) => new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be', { ignoreBOM: true }).decode(bytes),
})

const [LITTLE, BIG] = [wide(true), wide(false)]

/** With a mark of the order of bytes, which is big-endian where it is missing. */
const MARKED: Charset = {
  encode: (text) => BIG.encode(`\ufeff${text}`),
  decode: (bytes) => (bytes[0] === 0xff && bytes[1] === 0xfe ? LITTLE : BIG).decode(bytes).replace(/^\ufeff/, ''),
}

/** The character sets of Spark beside UTF-8. */
export const CHARSETS: Readonly<Record<string, Charset>> = {
  'US-ASCII': single(128),
  'ISO-8859-1': single(256),
  'UTF-16BE': BIG,
  'UTF-16LE': LITTLE,
  'UTF-16': MARKED,
}
