// Usage: bare-node.mjs FOLDER. A process of Node that does nothing.
import { reportWhole } from './measure.mjs'

reportWhole()
