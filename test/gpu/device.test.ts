/** What only a machine with an NVIDIA device can show. */
import { existsSync } from 'node:fs'
import { native } from '../../lib/native'

function reasonToSkip(): string | undefined {
  if (!existsSync('/dev/nvidiactl')) return 'this machine has no NVIDIA device'
  if (!('devices' in native().runtimeInfo())) {
    return 'this version of gantorch computes on CPUs only; CUDA is not supported yet'
  }
  return undefined
}

const reason = reasonToSkip()
if (reason) process.stderr.write(`test/gpu is skipped: ${reason}\n`)
const onDevice = reason ? test.skip : test

onDevice('the device is found', () => {
  expect(native().runtimeInfo()).toMatchObject({ devices: expect.arrayContaining(['cuda:0']) })
})
