import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestProblem } from './problem.js'
import type { ServedModel } from './served-model.js'

/** What a protocol is given: the model of the moment, and what all protocols share. */
export interface ServingContext {
  /** The model that answers now. A request asks once, and stays with what it got: the model may be another one by the next request. */
  readonly model: ServedModel
  /** Whether requests are wanted; false from the moment that the service shuts down, so that balancers send their requests elsewhere. */
  readonly ready: boolean
  /**
   * Any error as a problem, for the error handler of a protocol: it is counted, and an internal one is logged with its cause, which the client does not see.
   */
  problem(error: unknown, request: FastifyRequest): RequestProblem
}

/** How clients speak to a served model: a set of routes. */
export interface Protocol {
  readonly name: string
  /** Path in front of all its routes, such as `/v2`; a protocol with one can say in its own words what is not found below. */
  readonly prefix?: string
  /**
   * Adds the routes, with `addRoute`, to a scope of their own, in which hooks, parsers of bodies and the error handler (which every protocol sets) are the protocol's
   * alone. The scope parses JSON already, NaN and Infinity as Python writes them included, and nothing else.
   */
  register(scope: FastifyInstance, context: ServingContext): void | Promise<void>
  /** The paths of its routes in OpenAPI 3.1, its prefix included. Schemas of a row and of what it scores to are `#/components/schemas/Row` and `…/Prediction`. */
  openapi(model: ServedModel): Readonly<Record<string, unknown>>
}
