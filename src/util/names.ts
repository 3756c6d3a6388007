/** Number of single-character edits (insert, delete, replace) between two strings (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(replace, previous[j] + 1, current[j - 1] + 1))
    }
    previous = current
  }
  return previous[b.length]
}

/** Known names that are looked at: some come from outside, as many as somebody likes to send. */
const MOST_NAMES = 500

/** The known name that is nearest to a misspelt one, or undefined when none of the first 500 is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known.slice(0, MOST_NAMES)) {
    // At least as many characters come or go; names out of files may be very long.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** "Known columns: a, b, c." for errors; long lists are cut at `limit`. */
export function nameList(what: string, known: readonly string[], limit = 30): string {
  const shown = known.slice(0, limit).join(', ')
  const more = known.length > limit ? ` and ${known.length - limit} more` : ''
  return `Known ${what}: ${shown || '(none)'}${more}.`
}

/** "Did you mean b?", or undefined when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(name, known)
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`
}

/** "Known columns: a, b, c. Did you mean b?" for errors about an unknown name; long lists are cut at `limit`. */
export const knownNames = (what: string, name: string, known: readonly string[], limit = 30): string =>
  [nameList(what, known, limit), didYouMean(name, known)].filter((part) => part !== undefined).join(' ')

const hasOwnText = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  (typeof value.toString === 'function' && value.toString !== Object.prototype.toString && !(value instanceof Date))

function textOfObject(value: object): string {
  try {
    return hasOwnText(value) ? String(value) : (JSON.stringify(value) ?? Object.prototype.toString.call(value))
  } catch {
    // A cycle, a bigint inside, or a toString that throws must not hide the error that is being told.
    return Object.prototype.toString.call(value)
  }
}

/** The first elements of a list, as many as a text of `limit` characters can show; lists in lists end somewhere, too. */
function textOfList(values: readonly unknown[], limit: number): string {
  const inner = limit > 20 ? 20 : limit - 1
  let text = '['
  for (const [i, value] of values.entries()) {
    if (text.length > limit) return text
    text += `${i === 0 ? '' : ', '}${shortText(value, inner)}`
  }
  return `${text}]`
}

/** A short, safe text of any value for an error message: strings quoted, long values cut, bigint and vectors included. */
export function shortText(value: unknown, limit = 80): string {
  let text: string
  if (typeof value === 'string') text = JSON.stringify(value.slice(0, limit + 1))
  else if (typeof value === 'bigint') text = `${value}n`
  else if (value === null || typeof value !== 'object') text = String(value)
  else if (Array.isArray(value)) text = textOfList(value, limit)
  else text = textOfObject(value)
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text
}
