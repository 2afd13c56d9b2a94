/**
 * What must be in the two tarballs, and what must not:
 *   node scripts/check_tarball.mjs GANTORCH.tgz LIBTORCH.tgz
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { elfFacts } from './elf.mjs'
import { versions } from './install.mjs'
import { libtorchPackage } from './libtorch_package.mjs'
import { filesBelow } from './stamp.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** gantorch brings an addon for each of these minors of libtorch. */
const minors = versions.map((version) => version.split('.').slice(0, 2).join('.'))

/** npm takes packages of about 200 MB, and refused one above 400 MB. */
const limits = { gantorch: 20e6, libtorch: 190e6 }

const gantorchFiles = {
  required: [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'CMakeLists.txt',
    'binding.d.ts',
    'native/addon.cpp',
    'native/loader.cpp',
    ...['js', 'mjs', 'd.ts', 'd.mts'].map((ending) => `dist/index.${ending}`),
    ...['ahead', 'cli', 'library'].map((name) => `dist/${name}.js`),
    'licenses/node-addon-api/LICENSE.md',
    'licenses/torch/LICENSE',
    'licenses/torch/NOTICE',
  ],
  allowed: [
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|CMakeLists\.txt|binding\.d\.ts)$/,
    /^licenses\/(node-addon-api\/LICENSE\.md|torch\/(LICENSE|NOTICE))$/,
    /^dist\/((ahead|cli|index|library)\.js|index\.mjs|index\.d\.mts)$/,
    /^dist\/([a-z0-9_]+\/)*[a-z0-9_]+\.d\.ts$/,
    /^native\/([a-z0-9_]+\/)*[a-z0-9_]+\.(cpp|h)$/,
    /^prebuilt\/(loader|torch-\d\.\d+)\/prebuilds\/linux-x64\/[a-z0-9_.-]+\.node$/,
  ],
}

const libtorchFiles = {
  required: [
    'package.json',
    'README.md',
    'version',
    'contents.json',
    ...['c10.so', 'cudart.so.13', 'cupti.so.13', 'gomp.so.1', 'torch_cpu.so'].map(
      (name) => `lib/lib${name}`,
    ),
    ...['torch/LICENSE', 'torch/NOTICE', 'mkl/LICENSE.txt', 'mkl/third-party-programs.txt'].map(
      (name) => `licenses/${name}`,
    ),
    'licenses/libgomp/GPL-3.0.txt',
    'licenses/libgomp/GCC-exception-3.1.txt',
    'licenses/nvidia-cuda-runtime/License.txt',
    'licenses/nvidia-cuda-cupti/License.txt',
  ],
}

/**
 * What is wrong with the tarballs, one line each.
 * @param {{ gantorch: string, libtorch: string }} tarballs
 */
export function checkTarballs({ gantorch, libtorch }) {
  return [
    ...unpacked(gantorch, checkGantorch),
    ...tooLarge(gantorch, limits.gantorch),
    ...unpacked(libtorch, checkLibtorch),
    ...tooLarge(libtorch, limits.libtorch),
  ]
}

/** @param {string} tarball @param {number} limit */
function tooLarge(tarball, limit) {
  const { size } = statSync(tarball)
  if (size <= limit) return []
  return [`${tarball} has ${size} bytes, the limit is ${limit}`]
}

/**
 * @template T
 * @param {string} tarball
 * @param {(folder: string) => T} use
 */
function unpacked(tarball, use) {
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-tarball-'))
  try {
    const { status, stderr } = spawnSync('tar', ['-xzf', tarball, '-C', folder])
    if (status !== 0) throw new Error(`${tarball}: ${stderr}`)
    return use(join(folder, 'package'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string} folder the unpacked tarball of gantorch */
export function checkGantorch(folder) {
  const files = filesBelow([folder]).map((path) => relative(folder, path))
  const { required, allowed } = gantorchFiles
  return [
    ...required.filter((name) => !files.includes(name)).map((name) => `${name} is missing`),
    ...files
      .filter((name) => !allowed.some((pattern) => pattern.test(name)))
      .map((name) => `${name} does not belong into the package`),
    ...['loader', ...minors.map((minor) => `torch-${minor}`)].flatMap((name) =>
      checkPrebuilt(folder, name),
    ),
    ...files.filter((name) => namesThisMachine(join(folder, name))).map(pathProblem),
    ...files
      .filter((name) => /^dist\/\w+\.js$/.test(name))
      .flatMap((name) => foreignModules(folder, name)),
    ...checkManifest(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), folder),
  ]
}

/** Exactly one addon, stripped. @param {string} folder @param {string} name */
function checkPrebuilt(folder, name) {
  const dir = join(folder, 'prebuilt', name, 'prebuilds', 'linux-x64')
  const found = existsSync(dir) ? readdirSync(dir) : []
  if (found.length !== 1) return [`prebuilt/${name} holds ${found.length} addons, must be one`]
  const { isX64, isStripped } = elfFacts(join(dir, found[0]))
  if (!isX64) return [`prebuilt/${name} is no library for x86-64`]
  return isStripped ? [] : [`prebuilt/${name} is not stripped`]
}

/** Where this clone, its owner's home or a build lies is nobody's business. @param {string} path */
function namesThisMachine(path) {
  const text = readFileSync(path, 'latin1')
  const own = [root, homedir()].map((folder) => `${folder}/`).filter((folder) => folder !== '//')
  return own.some((folder) => text.includes(folder)) || /\/(home|Users)\/\w+\//.test(text)
}

/** @param {string} name */
function pathProblem(name) {
  return `${name} contains a path of the machine that built it`
}

/** dist/ bundles nothing of others: what it opens must be installed with it. */
function foreignModules(folder, name) {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = readFileSync(join(folder, name), 'utf8')
  const opened = [...text.matchAll(/\b(?:require|import)\("([^"./][^"]*)"\)/g)].map(
    (match) => match[1],
  )
  return opened
    .filter((module) => !isBuiltin(module) && !(module in dependencies))
    .map((module) => `${name} opens ${module}, which is not among the dependencies`)
}

/** @param {Record<string, any>} manifest @param {string} folder */
function checkManifest(manifest, folder) {
  const unwanted = ['private', 'os', 'cpu', 'libc', 'scripts', 'devDependencies', 'jest', 'binary']
  const pinned = manifest.optionalDependencies?.[libtorchPackage.name]
  const bins = Object.values(manifest.bin ?? {})
  return [
    ...unwanted
      .filter((name) => name in manifest)
      .map((name) => `package.json must not have ${name}`),
    ...(manifest.gypfile === false ? [] : ['package.json: gypfile must be false']),
    ...(pinned === libtorchPackage.version
      ? []
      : [`package.json must pin ${libtorchPackage.name} ${libtorchPackage.version}`]),
    ...(bins.length > 0 ? [] : ['package.json must have a bin']),
    ...bins
      .filter((path) => !readFileSync(join(folder, path), 'utf8').startsWith('#!/usr/bin/env node'))
      .map((path) => `${path} must begin with #!/usr/bin/env node`),
  ]
}

/** @param {string} folder the unpacked tarball of the libtorch package */
export function checkLibtorch(folder) {
  const files = filesBelow([folder]).map((path) => relative(folder, path))
  const { required } = libtorchFiles
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { libraries } = JSON.parse(readFileSync(join(folder, 'contents.json'), 'utf8'))
  const places = { os: 'linux', cpu: 'x64', libc: 'glibc' }
  return [
    ...required.filter((name) => !files.includes(name)).map((name) => `${name} is missing`),
    ...files
      .filter((name) => !required.includes(name))
      .map((name) => `${name} does not belong into the package`),
    ...Object.entries(libraries)
      .filter(([name, size]) => statSync(join(folder, 'lib', name)).size !== size)
      .map(([name]) => `lib/${name} has another size than contents.json says`),
    ...Object.entries(places)
      .filter(([key, value]) => String(manifest[key]) !== value)
      .map(([key, value]) => `package.json: ${key} must be ["${value}"]`),
    ...('scripts' in manifest ? ['package.json must not have scripts'] : []),
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [gantorch, libtorch] = process.argv.slice(2)
  const problems = checkTarballs({ gantorch, libtorch })
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
