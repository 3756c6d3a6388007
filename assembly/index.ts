export { binRows } from './bin'
export { boostSquared } from './boost'
export { countBlock, finishParent, growBlock, growParent } from './level'
export { sumLeaves } from './moments'
