/** A function, or an object of functions, made by `factory(...args)`. */
interface Recipe {
  // biome-ignore lint/suspicious/noExplicitAny: factories take what they take
  readonly factory: (...args: any[]) => object
  readonly args: readonly unknown[]
}

const recipes = new WeakMap<object, Recipe>()

/**
 * `factory(...args)`, a function that remembers how it was made, so that it can be printed as source: the text of the factory, called with its
 * arguments (see `docs/adr/0017-printable-forms.md`).
 * @param factory names nothing but its parameters, what it declares itself, and the globals of JavaScript.
 * @param args numbers, strings, booleans, null, typed arrays, lists, maps and plain objects of such; printables; functions as free of other names as `factory`. A typed
 *   array that two functions share stays shared, so that one reads what the other has written; nobody writes into the rest.
 */
export function printable<Args extends readonly unknown[], Made extends object>(
  factory: (...args: Args) => Made,
  ...args: Args
): Made {
  const made = factory(...args)
  recipes.set(made, { factory, args } as unknown as Recipe)
  return made
}

/** How a printable was made; undefined for all else. */
export const recipeOf = (made: object): Recipe | undefined => recipes.get(made)
