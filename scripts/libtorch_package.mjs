/**
 * Makes the folder and the tarball of the npm package that carries libtorch's CPU files:
 *   node scripts/libtorch_package.mjs
 *
 * The libraries are those of the pinned wheels, byte for byte: the licences of two of them (NVIDIA's
 * CUDA runtime and, inside libtorch_cpu.so, Intel's MKL) allow no changes, `strip` among them.
 */
import {
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  SetupError,
  cpuPart,
  defaultVersion,
  ensureLibtorch,
  libtorchPackage as name,
  main,
} from './install.mjs'
import { libtorchPackageReadme } from './libtorch_package_readme.mjs'
import { npmPack } from './npm_pack.mjs'
import { digest, filesBelow, isFresh, writeStamp } from './stamp.mjs'

const where = 'libtorch package'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packages = join(root, 'build', 'packages')

export const libtorchPackage = { name, version: defaultVersion }

/** Pinned, with their hashes. */
const { wheels } = cpuPart(defaultVersion)

/** The libraries under the names by which they are linked; npm would drop symbolic links. */
const libraries = [
  'libc10.so',
  'libcudart.so.13',
  'libcupti.so.13',
  'libgomp.so.1',
  'libtorch_cpu.so',
]

/** Licences that the wheels do not bring along themselves. */
const ownLicenses = join(root, 'scripts', 'licenses')

/** True to what is bundled: torch with its third parties, MKL, libgomp, NVIDIA's two libraries. */
const license = [
  'BSD-3-Clause',
  'BSD-2-Clause',
  'MIT',
  'Apache-2.0',
  'BSL-1.0',
  'LicenseRef-ISSL',
  'GPL-3.0-or-later WITH GCC-exception-3.1',
  'LicenseRef-NVIDIA-CUDA-EULA',
].join(' AND ')

const manifest = {
  ...libtorchPackage,
  description: 'The CPU libraries of libtorch for gantorch, from the wheels of PyTorch and NVIDIA.',
  license,
  os: ['linux'],
  cpu: ['x64'],
  libc: ['glibc'],
  type: 'commonjs',
  files: ['lib', 'licenses', 'version', 'contents.json'],
  // Yarn would leave the package zipped, where no library can be opened.
  preferUnplugged: true,
  publishConfig: { access: 'public' },
}

/** The tarball's path, made unless it is up to date. */
export async function packLibtorch() {
  const libtorch = await ensureLibtorch()
  const scripts = [
    'libtorch_package.mjs',
    'libtorch_package_readme.mjs',
    'npm_pack.mjs',
    'licenses',
  ]
  const now = digest(
    root,
    [
      ...scripts.map((name) => join(root, 'scripts', name)),
      join(libtorch, 'contents.json'),
      ...filesBelow([join(libtorch, 'licenses')]),
    ],
    [JSON.stringify(wheels)],
  )
  const tarball = join(packages, `gantorch-libtorch-linux-x64-${defaultVersion}.tgz`)
  const stamp = join(root, 'build', 'libtorch-package.stamp')
  if (isFresh(stamp, now, [tarball])) {
    console.log('The libtorch package is up to date.')
    return tarball
  }
  const folder = join(packages, 'libtorch-linux-x64')
  rmSync(stamp, { force: true })
  makeFolder(folder, libtorch)
  console.log('Packing libtorch (half a minute, once)')
  npmPack(folder, tarball)
  rmSync(folder, { recursive: true })
  writeStamp(stamp, now)
  return tarball
}

/** @param {string} folder @param {string} libtorch */
function makeFolder(folder, libtorch) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'lib'), { recursive: true })
  for (const name of libraries) {
    const from = realpathSync(join(libtorch, 'lib', name))
    copyFileSync(from, join(folder, 'lib', name), constants.COPYFILE_FICLONE)
  }
  cpSync(join(libtorch, 'licenses'), join(folder, 'licenses'), { recursive: true })
  cpSync(ownLicenses, join(folder, 'licenses'), { recursive: true })
  checkVersion(libtorch)
  writeFileSync(join(folder, 'version'), `${defaultVersion}\n`)
  const sizes = libraries.map((name) => [name, statSync(join(folder, 'lib', name)).size])
  const from = wheels.map(({ file, sha256 }) => ({ file, sha256 }))
  const contents = { wheels: from, libraries: Object.fromEntries(sizes) }
  writeFileSync(join(folder, 'contents.json'), `${JSON.stringify(contents, null, 2)}\n`)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const readme = libtorchPackageReadme(manifest, wheels)
  writeFileSync(join(folder, 'README.md'), readme)
}

/** @param {string} libtorch */
function checkVersion(libtorch) {
  const version = readFileSync(join(libtorch, 'version'), 'utf8').trim()
  if (version === defaultVersion) return
  throw new SetupError(where, `${libtorch} is libtorch ${version}, needed is ${defaultVersion}`, [
    `Get it anew:\n    rm -r '${libtorch}' && npm run setup`,
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(await packLibtorch()))
}
