export { diagram } from './diagram.js'
export { type Display, type DisplayOptions, display, type Shown, toHtml } from './display.js'
export { type ScatterOptions, scatterPlot } from './scatter-plot.js'
export { type TableOptions, tableHtml } from './table.js'
