import { driverNote } from '../../lib/install/nvidia'

test.each([
  ['580.65.06', 'this machine has 580.65.06.'],
  ['600.1', 'this machine has 600.1.'],
  ['570.133.20', 'this machine has 570.133.20, which is too old: update it.'],
])('driver %s', (version, expected) => {
  expect(driverNote(version)).toBe(`CUDA 13.0 needs NVIDIA driver 580 or newer; ${expected}`)
})
