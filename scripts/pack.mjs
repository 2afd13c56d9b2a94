/**
 * Makes both npm packages as tarballs in build/packages/ and checks what is in them:
 *   node scripts/pack.mjs
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkTarballs } from './check_tarball.mjs'
import { SetupError, ensureLibtorch, main, withLock } from './install.mjs'
import { libtorchPackage, packLibtorch } from './libtorch_package.mjs'
import { npmPack } from './npm_pack.mjs'

const where = 'pack'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packages = join(root, 'build', 'packages')

/** What npm adds to `files` by itself. */
const always = ['README.md', 'LICENSE']

/** What only the clone has a use for; `private` keeps the clone itself from being published. */
const ofTheClone = ['private', 'devDependencies', 'scripts', 'jest', 'overrides', 'binary']

/**
 * The manifest that is published. The clone's own has no dependency on the libtorch package: no
 * registry needs to know that package for `npm install` to work in a clone, and nobody who takes its
 * name can put files there.
 * @param {Record<string, unknown> & { files: readonly string[] }} own
 */
export function publishedManifest(own) {
  const kept = Object.entries(own).filter(([name]) => !ofTheClone.includes(name))
  return {
    ...Object.fromEntries(kept),
    files: [...own.files, 'licenses'],
    optionalDependencies: { [libtorchPackage.name]: libtorchPackage.version },
    // Yarn would leave the package zipped, where no addon can be opened.
    preferUnplugged: true,
    publishConfig: { access: 'public' },
  }
}

/** Of what the compiled addons hold of others: node-addon-api, and code of libtorch's headers. */
const licenses = (libtorch) => ({
  'node-addon-api/LICENSE.md': join(root, 'node_modules/node-addon-api/LICENSE.md'),
  'torch/LICENSE': join(libtorch, 'licenses/torch/LICENSE'),
  'torch/NOTICE': join(libtorch, 'licenses/torch/NOTICE'),
})

/** The tarball of gantorch from what lies in the clone now. */
export async function packGantorch() {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const libtorch = await ensureLibtorch()
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-pack-'))
  try {
    for (const name of [...own.files, ...always]) {
      cpSync(join(root, name), join(folder, name), { recursive: true })
    }
    for (const [name, text] of Object.entries(licenses(libtorch))) {
      cpSync(text, join(folder, 'licenses', name))
    }
    const manifest = `${JSON.stringify(publishedManifest(own), null, 2)}\n`
    writeFileSync(join(folder, 'package.json'), manifest)
    const tarball = join(packages, `gantorch-${own.version}.tgz`)
    npmPack(folder, tarball)
    return tarball
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Tarballs of earlier versions: who installs *.tgz must get the two new ones. @param {string[]} made */
export function removeOthers(made, folder = packages) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.tgz'))) {
    const path = join(folder, name)
    if (!made.includes(path)) rmSync(path)
  }
}

/** Both tarballs, made from a fresh dist/ and all prebuilt addons, and checked. */
export async function pack() {
  const prebuild = [join(root, 'scripts', 'prebuild.mjs')]
  const { status } = spawnSync(process.execPath, prebuild, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    throw new SetupError(where, 'the addons could not be made; why is said above', [
      'Mend that, then pack again:\n    npm run pack',
    ])
  }
  const waiting = 'Another process is packing; waiting for it.'
  const tarballs = await withLock(join(root, 'build', 'pack.lock'), waiting, async () => {
    const made = { gantorch: await packGantorch(), libtorch: await packLibtorch() }
    removeOthers(Object.values(made))
    return made
  })
  const problems = checkTarballs(tarballs)
  if (problems.length === 0) return tarballs
  const list = problems.map((problem) => `\n- ${problem}`).join('')
  throw new SetupError(where, `the tarballs are not as they must be:${list}`, [
    'Remove what was made, then pack again:\n    rm -rf dist prebuilt build/packages && npm run pack',
    'What belongs into them is listed in scripts/check_tarball.mjs.',
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { gantorch, libtorch } = await pack()
    console.log(`${gantorch}\n${libtorch}`)
  })
}
