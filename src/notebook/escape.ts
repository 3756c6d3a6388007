const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What XML has no place for: most control characters, halves of surrogate pairs, and two code points that are no characters. */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** A text as content or quoted attribute of HTML and SVG, whatever it holds. */
export const escapeHtml = (text: string): string =>
  text.replace(NO_XML, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character])
