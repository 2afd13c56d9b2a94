/** Small wheels in a local folder, in the place of those that pip would download. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Wheel } from '../../lib/install/wheels'

const script = `
import sys, json, zipfile
path, name, version, tag, files = sys.argv[1:]
with zipfile.ZipFile(path, "w") as z:
    info = "%s-%s.dist-info/" % (name, version)
    for member, text in json.loads(files):
        z.writestr(member, text)
    z.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version))
    z.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: %s\\n" % tag)
    z.writestr(info + "RECORD", "")
`

function make(
  folder: string,
  wheel: { name: string; version: string; python: string; platform: string },
  files: readonly (readonly [string, string])[],
  members: Wheel['members'],
): Wheel {
  mkdirSync(folder, { recursive: true })
  const { name, version, platform } = wheel
  const tag = `${wheel.python}-${platform}`
  const file = `${name}-${version}-${tag}.whl`
  const path = join(folder, file)
  execFileSync('python3', ['-c', script, path, name, version, tag, JSON.stringify(files)])
  const content = readFileSync(path)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { file, bytes: content.length, sha256, members }
}

/** Two wheels with the tags of the real ones. */
export function fakeWheels(folder: string): Wheel[] {
  const torch = make(
    folder,
    {
      name: 'gantorch_test_torch',
      version: '2.11.0',
      python: 'cp312-cp312',
      platform: 'manylinux_2_28_x86_64',
    },
    [
      ['torch/lib/libtorch_cpu.so', 'cpu'],
      ['torch/lib/libtorch_cuda.so', 'not needed'],
      ['torch/include/ATen/ATen.h', '#pragma once'],
      ['torch-licenses/LICENSE', 'free'],
    ],
    [
      ['torch/include/', 'include/'],
      ['torch/lib/libtorch_cpu.so', 'lib/libtorch_cpu.so'],
      ['torch-licenses/', 'licenses/torch/'],
    ],
  )
  const runtime = make(
    folder,
    {
      name: 'gantorch_test_runtime',
      version: '13.0.96',
      python: 'py3-none',
      platform: 'manylinux2014_x86_64',
    },
    [['nvidia/cu13/lib/libcudart.so.13', 'cudart']],
    [['nvidia/cu13/lib/libcudart.so.13', 'lib/libcudart.so.13']],
  )
  return [torch, runtime]
}
