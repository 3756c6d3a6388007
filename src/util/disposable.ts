/**
 * Declares what `using` and `await using` need, for users whose TypeScript library does not (its `lib` is older than ES2026, and
 * no Node types are installed). Where it is declared already, the declarations are the same and merge.
 */
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol
    readonly asyncDispose: unique symbol
  }
  interface Disposable {
    [Symbol.dispose](): void
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>
  }
}

export {}
