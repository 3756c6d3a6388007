/** Where a log goes, one JSON object a line. */
export interface LogStream {
  write(text: string): unknown
}

/** Writes lines of a log together, once for each turn of the event loop: under load a write for each line costs more than all else of a request. */
export class LogBuffer implements LogStream {
  readonly #stream: LogStream
  #text = ''

  constructor(stream: LogStream) {
    this.#stream = stream
  }

  write(line: string): void {
    if (this.#text === '') setImmediate(() => this.flush())
    this.#text += line
  }

  /** Writes what waits. */
  flush(): void {
    const text = this.#text
    this.#text = ''
    if (text !== '') this.#stream.write(text)
  }
}
