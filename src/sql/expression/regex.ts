import { translateJavaRegex } from '../../util/java-regex.js'
import { stop } from './rows/cell.js'

/** A pattern of java.util.regex; its group n is `gn`. */
export interface Pattern {
  readonly regex: RegExp
  readonly groups: number
}

export function patternOf(text: string): Pattern {
  const { source, groups } = translateJavaRegex(text, 'regular expression', true)
  return { regex: new RegExp(source, 'gv'), groups }
}

/** What the regular expressions of the engine do not have, or read in another way than Java. */
const JAVA_ONLY = /\(\?[<=!>]|\\[1-9pPQEGXRhHvVNkZ]|[*+?}]\+|&&|\[[^\]]*\[/

/** Whether a literal pattern needs Java's own rules, and so JavaScript; computed ones are read by the engine. */
export const isJavaOnly = (pattern: unknown): boolean => typeof pattern === 'string' && JAVA_ONLY.test(pattern)

/** Groups of a match by name. */
type Groups = Readonly<Record<string, string | undefined>>

/** Replacement text of java.util.regex: `$1` is a group, `\` takes the next letter as it is. */
const replacement = (by: string, whole: string, groups: Groups, count: number): string =>
  by.replace(/\\(.)|\$(\d)/gs, (_, escaped: string | undefined, group: string | undefined) => {
    if (group === undefined) return escaped ?? ''
    if (Number(group) > count)
      stop('INVALID_REGEXP_REPLACE', `The pattern has no group ${group}`, 'Write \\\\$ for a dollar')
    return group === '0' ? whole : (groups[`g${group}`] ?? '')
  })

/** The text with every match from a place of 16-bit units on replaced. */
export function replaceMatches({ regex, groups }: Pattern, text: string, by: string, start: number): string {
  const replaced = text
    .slice(start)
    .replace(regex, (whole, ...match) => replacement(by, whole, (match.at(-1) ?? {}) as Groups, groups))
  return text.slice(0, start) + replaced
}

/** A group of a match; empty where it took no part. */
export function groupOf(match: RegExpMatchArray, { groups }: Pattern, group: number): string {
  if (group < 0 || group > groups) {
    stop('INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX', `The pattern has ${groups} groups`, 'Choose one of them')
  }
  return (group === 0 ? match[0] : match.groups?.[`g${group}`]) ?? ''
}

/** Parts between matches; the last part has the rest where there is a limit, and no empty match parts the text at its start. */
export function splitBy({ regex }: Pattern, text: string, limit: number): string[] {
  const parts: string[] = []
  let start = 0
  for (const match of text.matchAll(regex)) {
    if (limit > 0 && parts.length === limit - 1) break
    const end = match.index + match[0].length
    if (end === 0 || (match[0] === '' && match.index >= text.length)) continue
    parts.push(text.slice(start, match.index))
    start = end
  }
  return [...parts, text.slice(start)]
}
