import type { DataFrame } from '../sql/dataframe.js'
import { Estimator, type FitOptions, type FitVariant } from './estimator.js'
import type { Transformer } from './transformer.js'

/** What a pipeline is made of. */
export type PipelineStage = Transformer | Estimator<Transformer>

/** Lists of stages, where each begins with the same stage, with the same values. */
interface Branch {
  readonly head: PipelineStage
  /** What follows it, list by list. */
  readonly tails: (readonly PipelineStage[])[]
}

const isEstimator = (stage: PipelineStage): stage is Estimator<Transformer> => stage instanceof Estimator

/**
 * Fits lists of stages, of which each gives the transformers of a pipeline. What lists have in common at their beginning is fitted
 * once; where they part, variants of one estimator are fitted together, so that they share what they can. Transformers after the last
 * estimator are taken as they are.
 * @param done stages that were fitted before, for the progress.
 */
export function stageFits(
  frame: DataFrame,
  lists: readonly (readonly PipelineStage[])[],
  options: FitOptions,
  done = 0,
): FitVariant<Transformer[]> {
  const branches: Branch[] = []
  const places = lists.map((list) => placeIn(branches, list))
  const fitHead = headFits(frame, branches, options)
  const grown = branches.map((branch, b) =>
    once(async () => {
      const model = await fitHead(b)
      const goesOn = branch.tails.some((tail) => tail.some(isEstimator))
      const rest = stageFits(goesOn ? model.transform(frame) : frame, branch.tails, options, done + 1)
      return { model, rest }
    }),
  )
  return async (index) => {
    const list = lists[index]
    const report = (stage: PipelineStage, i: number): void =>
      options.onProgress?.({ stage: stage.uid, done: done + i, total: done + list.length })
    if (!list.some(isEstimator)) {
      list.forEach(report)
      return list as Transformer[]
    }
    report(list[0], 0)
    const { branch, tail } = places[index]
    const { model, rest } = await grown[branch]()
    return [isEstimator(list[0]) ? model : list[0], ...(await rest(tail))]
  }
}

/** Puts a list into the branch that it belongs to, a new one where there is none. */
function placeIn(branches: Branch[], [head, ...tail]: readonly PipelineStage[]): { branch: number; tail: number } {
  const found = head ? branches.findIndex((other) => head.isLike(other.head)) : -1
  const branch = found >= 0 ? found : branches.push({ head, tails: [] }) - 1
  return { branch, tail: branches[branch].tails.push(tail) - 1 }
}

/** Fits the head of a branch, together with those that are variants of it. */
function headFits(frame: DataFrame, branches: readonly Branch[], options: FitOptions): FitVariant<Transformer> {
  const variantsOf = (stage: Estimator<Transformer>): Estimator<Transformer>[] =>
    branches.flatMap(({ head }) =>
      head && isEstimator(head) && head.uid === stage.uid && head.constructor === stage.constructor ? [head] : [],
    )
  const fitters = new Map<string, FitVariant<Transformer>>()
  return async (b) => {
    const { head } = branches[b]
    if (!isEstimator(head)) return head
    const variants = variantsOf(head)
    let fitVariant = fitters.get(head.uid)
    if (!fitVariant) {
      // The pipeline tells what its columns are like.
      fitVariant = head.fits(frame, variants, { ...options, profile: false })
      fitters.set(head.uid, fitVariant)
    }
    return fitVariant(variants.indexOf(head))
  }
}

function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= compute()
    return result
  }
}
