/** The table that `summary()` prints, in the form of Keras 2. */
import { boolean, fail, knownOptions, positiveInteger } from '../check'
import type { Weight } from '../graph/weight'
import type { AnyLayer } from '../layers/layer'
import { trainedWithin } from '../layers/within'
import type { AnyModel } from './base_model'
import type { Compiled } from './compile'
import type { Graph } from './graph'
import { isChain, layerRows, type Row } from './summary_rows'

/** Options of `model.summary`. */
export interface SummaryOptions {
  /** Takes the whole table; default console.log, false for none. */
  readonly print?: ((text: string) => void) | false
  /** Default 65, and 98 for models that are no plain row of layers, as in Keras 2. */
  readonly lineLength?: number
  /** Also lists the layers of inner models; default false. */
  readonly expandNested?: boolean
  /**
   * Adds a column that says whether each layer is trainable, Y or N, and for a compiled model one
   * that says what it was at `compile`, which is what training goes by. Default false.
   */
  readonly showTrainable?: boolean
}

interface Column {
  readonly title: string
  /** Where it ends. */
  readonly end: number
  readonly cell: (row: Row) => string
}

/** Keras's shares of the width; the columns for what is trainable come behind it. */
function columnsFor(
  isPlain: boolean,
  width: number,
  showTrainable: boolean,
  compiled: Compiled | undefined,
): Column[] {
  const ends = (isPlain ? [0.45, 0.85, 1] : [0.33, 0.55, 0.67, 1]).map((share) =>
    Math.floor(width * share),
  )
  const column = (i: number, title: string, cell: Column['cell']): Column => ({
    title,
    cell,
    end: ends[i] as number,
  })
  const columns = [
    column(0, 'Layer (type)', ({ layer }) => layer),
    column(1, 'Output Shape', ({ shape }) => shape),
    column(2, 'Param #', ({ parameters }) => parameters),
  ]
  if (!isPlain) columns.push(column(3, 'Connected to', ({ connections: [first = ''] }) => first))
  if (!showTrainable) return columns
  const mark = (source: AnyLayer | undefined, isTrained: (layer: AnyLayer) => boolean): string =>
    source ? (isTrained(source) ? 'Y' : 'N') : ''
  columns.push({
    title: 'Trainable',
    end: width + 11,
    cell: ({ source }) => mark(source, (layer) => layer.trainable),
  })
  if (compiled) {
    columns.push({
      title: 'At compile',
      end: width + 22,
      cell: ({ source }) => mark(source, (layer) => !compiled.frozen.has(layer)),
    })
  }
  return columns
}

function line(columns: readonly Column[], cell: (column: Column) => string): string {
  let text = ''
  for (const column of columns) {
    // A cell that is too long is cut, and a space kept between it and the next.
    const end = column === columns.at(-1) ? column.end : column.end - 1
    text = `${text}${cell(column)}`.slice(0, end).padEnd(column.end)
  }
  return text.trimEnd()
}

/** A row, and one more for each further connection. */
function lines(columns: readonly Column[], row: Row): string[] {
  const [, ...others] = row.connections
  const isConnected = ({ title }: Column): boolean => title === 'Connected to'
  return [
    line(columns, ({ cell }) => cell(row)),
    ...others.map((name) => line(columns, (column) => (isConnected(column) ? name : ''))),
  ]
}

function totals(model: AnyModel, compiled: Compiled | undefined): string[] {
  const size = (weights: readonly Weight[]): number =>
    weights.reduce((sum, weight) => sum + weight.size, 0)
  const number = (value: number): string => value.toLocaleString('en-US')
  const [total, trainable] = [size(model.weights), size(trainedWithin(model))]
  const atCompile = compiled ? size(compiled.trainedWeights()) : trainable
  return [
    `Total params: ${number(total)}`,
    `Trainable params: ${number(trainable)}`,
    ...(atCompile === trainable ? [] : [`Trainable params (at compile): ${number(atCompile)}`]),
    `Non-trainable params: ${number(total - trainable)}`,
  ]
}

/** Prints and gives the table: one row for each layer, then the numbers of weights. */
export function summaryText(
  model: AnyModel,
  graph: Graph,
  given: SummaryOptions | ((text: string) => void),
  compiled: Compiled | undefined,
): string {
  const where = `${model.label} summary`
  const options = typeof given === 'function' ? { print: given } : given
  knownOptions(where, options, ['print', 'lineLength', 'expandNested', 'showTrainable'])
  const { print = console.log, expandNested = false, showTrainable = false } = options
  if (print !== false && typeof print !== 'function') {
    fail(where, 'print', 'a function or false', print)
  }
  boolean(where, 'expandNested', expandNested)
  boolean(where, 'showTrainable', showTrainable)
  const isPlain = isChain(model, graph)
  const length = positiveInteger(where, 'lineLength', options.lineLength ?? (isPlain ? 65 : 98))
  const columns = columnsFor(isPlain, length, showTrainable, compiled)
  const width = columns.at(-1)?.end ?? length
  const rows = layerRows(model, graph, expandNested).map((row) => lines(columns, row).join('\n'))
  const text = [
    `Model: "${model.name}"`,
    '_'.repeat(width),
    line(columns, ({ title }) => title),
    '='.repeat(width),
    rows.join(`\n${'_'.repeat(width)}\n`),
    '='.repeat(width),
    ...totals(model, compiled),
    '_'.repeat(width),
  ].join('\n')
  if (print !== false) print(text)
  return text
}
