/**
 * Imports a package that users install themselves, where they need it. What a CommonJS package exports comes as the default of its module.
 * @param missing makes the error that says what to install.
 */
export async function optionalPackage<T extends object>(
  load: () => Promise<T>,
  missing: (cause: unknown) => Error,
): Promise<T> {
  try {
    const loaded = (await load()) as T & { readonly default?: T }
    return loaded.default ?? loaded
  } catch (cause) {
    throw missing(cause)
  }
}
