/**
 * A type that is checked against, but not inferred from: `put<T>(param: Param<T>, value: NoInfer<T>)` takes T from the handle alone.
 * TypeScript has it built in since 5.4; our declarations are also read by older compilers.
 */
export type NoInfer<T> = [T][T extends unknown ? 0 : never]
