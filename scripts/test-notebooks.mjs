// npm run test:notebooks [-- --update]: runs every notebook; with --update what they show is stored in them.
import { parseArgs } from 'node:util'
import { notebookNames, prepareNotebooks, testNotebook, updateNotebook } from './notebooks.mjs'

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } })
prepareNotebooks()
for (const name of notebookNames()) {
  if (values.update) updateNotebook(name)
  const found = testNotebook(name)
  console.log(`${name}: ${found.length === 0 ? 'ok' : `differs\n${found.join('\n')}`}`)
  if (found.length > 0) process.exitCode = 1
}
