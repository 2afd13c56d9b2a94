import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { boolean, fail, knownOptions, nonEmptyString } from '../check'
import { FileError } from '../errors'
import { Callback, type Logs } from './callback'

/** Options of {@link CSVLogger}. */
export interface CSVLoggerOptions {
  /** Between the columns; default ','. */
  readonly separator?: string
  /** Goes on at the end of the file; default false: the file is replaced. */
  readonly append?: boolean
}

/**
 * Writes the numbers of each epoch to a file.
 * Source: https://keras.io/api/callbacks/csv_logger/
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [new CSVLogger('training.csv')] })
 */
export class CSVLogger extends Callback {
  readonly separator: string
  readonly append: boolean
  private keys: readonly string[] | undefined
  private needsHeader = true

  constructor(
    readonly filename: string,
    options: CSVLoggerOptions = {},
  ) {
    super()
    const where = 'CSVLogger'
    if (typeof filename !== 'string' || filename === '') {
      fail(where, 'filename', 'a path', filename)
    }
    knownOptions(where, options, ['separator', 'append'])
    const { separator = ',', append = false } = options
    this.separator = nonEmptyString(where, 'separator', separator)
    this.append = boolean(where, 'append', append)
  }

  override async onTrainBegin(): Promise<void> {
    this.keys = undefined
    const old = this.append ? await readFile(this.filename, 'utf8').catch(() => '') : ''
    this.needsHeader = old === ''
    if (!this.append) await this.write((path) => writeFile(path, ''))
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const names = Object.keys(logs).sort()
    const hasValidation = names.some((name) => name.startsWith('val_'))
    // Columns stay, so validation has some from the start, as in Keras.
    this.keys ??= hasValidation ? names : [...names, ...names.map((name) => `val_${name}`)]
    const row = [epoch, ...this.keys.map((key) => logs[key] ?? 'NA')].join(this.separator)
    const header = ['epoch', ...this.keys].join(this.separator)
    const text = this.needsHeader ? `${header}\n${row}\n` : `${row}\n`
    this.needsHeader = false
    await this.write((path) => appendFile(path, text))
  }

  private async write(action: (path: string) => Promise<void>): Promise<void> {
    await action(this.filename).catch((error: unknown) => {
      throw new FileError('CSVLogger', `can't write ${this.filename}`, { cause: error })
    })
  }
}
