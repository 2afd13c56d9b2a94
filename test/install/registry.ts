/** A real registry on loopback with our two packages; it fetches all others from npm's own registry. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { managers, verdaccio } from './tools'

export interface Registry {
  readonly url: string
  /** The line of an .npmrc that lets a client publish. */
  readonly token: string
  stop(): void
}

// Ours have no uplink: a package of that name elsewhere can't take their place.
const configuration = (storage: string, uplink: string) => `
storage: ${storage}
max_body_size: 1gb
uplinks:
  npm: { url: '${uplink}', max_fails: 10, timeout: 60s }
packages:
  '@gantorch/*': { access: $all, publish: $all }
  gantorch: { access: $all, publish: $all }
  '**': { access: $all, proxy: npm }
log: { type: stdout, format: pretty, level: warn }
`

/** Starts with an empty storage in `folder`; its words are in `folder`/log. */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true })
  const uplink = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  const config = join(folder, 'config.yaml')
  writeFileSync(config, configuration(join(folder, 'storage'), uplink))
  const port = await freePort()
  const log = join(folder, 'log')
  const child = spawn(
    process.execPath,
    [verdaccio, '--config', config, '--listen', `127.0.0.1:${port}`],
    { stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')] },
  )
  const url = `http://127.0.0.1:${port}/`
  await answers(`${url}-/ping`, child, log)
  return { url, token: `//127.0.0.1:${port}/:_authToken=none`, stop: () => void child.kill() }
}

/** Publishes a tarball with npm itself. */
export function publish(registry: Registry, tarball: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const npmrc = join(folder, 'npmrc')
  writeFileSync(npmrc, `registry=${registry.url}\n${registry.token}\n`)
  return execFileSync(
    process.execPath,
    [managers.npm, 'publish', tarball, '--userconfig', npmrc, '--registry', registry.url],
    { cwd: folder, encoding: 'utf8', stdio: 'pipe' },
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(url: string, child: ChildProcess, log: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) break
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  child.kill()
  throw new Error(`Verdaccio did not start:\n${readFileSync(log, 'utf8')}`)
}
