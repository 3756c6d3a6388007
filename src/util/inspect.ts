/** The method that `console.log` of Node, and so a notebook, asks for the text of an object. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')
