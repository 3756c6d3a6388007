// Usage: logistic.mjs ROWS LATER FOLDER. No penalty, so that every solver has the same optimum.
import { LogisticRegression } from 'ridgeline'
import { measure } from './measure.mjs'
import { rows } from './rows.mjs'

const [count, later, folder] = process.argv.slice(2)
const frame = await rows(folder, `logistic-${count}`)
const learner = new LogisticRegression()
await measure(
  () => learner.fit(frame),
  Number(later),
  async (model) => {
    const weights = model.coefficients.toArray()
    let [sum, length] = [0, 0]
    for await (const { columns } of frame.batches(['features', 'label'])) {
      const [features, labels] = columns
      if (features.kind !== 'vector' || labels.kind !== 'f64') throw new Error('other columns than expected')
      for (let i = 0; i < labels.data.length; i++) {
        let margin = model.intercept
        for (let j = 0; j < weights.length; j++) margin += weights[j] * features.values[i * weights.length + j]
        if (labels.data[i] > 0) margin = -margin
        sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))
      }
      length += labels.data.length
    }
    return sum / length
  },
)
