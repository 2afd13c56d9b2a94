/** GANTORCH_PROFILE: a file that says where a program's time went. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '..', '..')
const program = `
const { BatchNormalization, Conv2D, NDArray, Sequential } = require(${JSON.stringify(join(root, 'dist'))})
const model = new Sequential([
  BatchNormalization({ inputShape: [8, 8, 2] }),
  Conv2D(5, { kernelSize: 3 }),
])
model.compile({ loss: 'mse', optimizer: 'sgd' })
void model.trainOnBatch(NDArray.ones([4, 8, 8, 2]), NDArray.ones([4, 6, 6, 5]))
`

interface Line {
  readonly phase: string
  readonly layer?: string
  readonly op?: string
  readonly calls: number
  readonly seconds: number
  readonly flops: number
  readonly bytes: number
}

test('each op has its time and its arithmetic, those of autograd included', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  try {
    const file = join(folder, 'profile.jsonl')
    const env = { ...process.env, GANTORCH_PROFILE: file }
    const { status, stderr } = spawnSync(process.execPath, ['-e', program], { env })
    expect([status, String(stderr)]).toEqual([0, ''])
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const train = lines.map((line) => JSON.parse(line) as Line).filter((l) => l.phase === 'train')
    const forward = train.find(({ layer, flops }) => layer?.startsWith('Conv2D') && flops > 0)
    const backward = train.find(({ op }) => op === 'aten::convolution_backward')
    // Each of 4 x 6 x 6 x 5 outputs is a sum over a 3 x 3 x 2 kernel; backward to both.
    const flops = 2 * (4 * 6 * 6 * 5) * (3 * 3 * 2)
    expect([forward?.flops, backward?.flops]).toEqual([flops, 2 * flops])
    // A kernel of our own: x once for the statistics, once to normalise it, and the result.
    const norm = train.find(({ op }) => op === 'gantorch::batchNorm')
    expect([norm?.flops, norm?.bytes]).toEqual([0, 3 * 4 * (4 * 8 * 8 * 2)])
    expect([forward?.calls, backward?.calls]).toEqual([1, 1])
    expect(forward?.seconds).toBeGreaterThan(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
