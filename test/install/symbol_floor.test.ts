/** What the finished addons need of the system's libraries, read from the files. */
import { versionSync } from 'detect-libc'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '..', '..')
const build = join(root, 'build')

/** The libtorch that this clone's addon was built with. */
function libtorch(): string {
  const cache = readFileSync(join(build, 'CMakeCache.txt'), 'utf8')
  return /^GANTORCH_LIBTORCH:\w+=(.*)$/m.exec(cache)?.[1] ?? ''
}

function check(...files: string[]) {
  const options = [join(root, 'scripts', 'symbol_floor.mjs'), libtorch(), ...files]
  return spawnSync(process.execPath, options, { encoding: 'utf8' })
}

/** Debian 12's, on which the published addons are built; newer compilers ask for more. */
const builders = 2.36

test('the addon and the loader need no newer system than libtorch', () => {
  const version = versionSync() ?? ''
  if (Number(version) > builders) {
    console.log(
      `Not checked: this system has glibc ${version}; published addons are built with 2.36`,
    )
    return
  }
  const addon = join(build, 'Release', 'gantorch.node')
  const { status, stderr } = check(addon, join(build, 'loader', 'loader.node'))
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

test('a library that needs more is refused by the name of the symbol', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-symbols-'))
  try {
    // A version that no libtorch asks for, whatever the compiler's system has.
    const script = join(folder, 'versions')
    writeFileSync(script, 'GLIBC_9.87 { global: far_ahead; };')
    const source = join(folder, 'source.c')
    const provider = join(folder, 'libprovider.so')
    const user = join(folder, 'libuser.so')
    writeFileSync(source, 'int far_ahead(void) { return 1; }')
    const shared = ['-shared', '-fPIC', '-o']
    execFileSync('gcc', [...shared, provider, source, `-Wl,--version-script=${script}`])
    writeFileSync(source, 'int far_ahead(void); int ask(void) { return far_ahead(); }')
    execFileSync('gcc', [...shared, user, source, provider])
    const { status, stderr } = check(user)
    expect(stderr).toContain(`[symbols] ${user} needs what is newer than libtorch's own needs:`)
    expect(stderr).toContain('GLIBC_9.87: far_ahead')
    expect(stderr).toContain('Possible solutions:\n- Lead each symbol to its older version in')
    expect(status).toBe(1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
