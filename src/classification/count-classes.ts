import type { InstanceBlock } from '../optim/instances.js'
import type { Params } from '../param/params.js'
import type { StructType } from '../sql/types.js'
import { requireThresholds } from './classification-model.js'
import { numClassesOf } from './labels.js'

/**
 * How a classifier learns from its rows how many classes there are.
 * @returns throws DataError for labels that are no classes, ParamError for another number of thresholds.
 */
export function countClasses(stage: Params, schema: StructType): (blocks: readonly InstanceBlock[]) => number {
  return (blocks) => {
    const column = stage.getOrDefault('labelCol') as string
    const numClasses = numClassesOf(schema, blocks, { stage: stage.uid, column })
    if (stage.isDefined('thresholds')) {
      requireThresholds(stage.uid, stage.getOrDefault('thresholds') as readonly number[], numClasses)
    }
    return numClasses
  }
}
