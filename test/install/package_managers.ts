/** How each package manager is set up in an empty folder, and how it installs gantorch there. */
import { join } from 'node:path'
import { managers, nodes } from './tools'

export interface Manager {
  readonly title: string
  readonly node: string
  /** The command in PATH, and the script that it stands for. */
  readonly programs: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly install: readonly [string, ...string[]]
  readonly start: readonly [string, ...string[]]
  /** What it says in any case, gantorch or not. */
  readonly usual?: RegExp
}

/** npm's settings; `folder` takes its cache. */
export function npmFiles(registry: string, folder: string, more: readonly string[] = []) {
  const lines = [`registry=${registry}`, 'audit=false', 'fund=false', 'update-notifier=false']
  return {
    '.npmrc': [...lines, `cache=${join(folder, 'npm-cache')}`, ...more].join('\n'),
    'package.json': '{}',
  }
}

function yarnFiles(registry: string, folder: string, linker: string) {
  return {
    '.yarnrc.yml': [
      `npmRegistryServer: '${registry}'`,
      "unsafeHttpWhitelist: ['127.0.0.1']",
      'enableScripts: false',
      'enableTelemetry: false',
      // Ours was published a moment ago.
      'npmMinimalAgeGate: 0',
      `nodeLinker: ${linker}`,
      `globalFolder: '${join(folder, 'yarn-berry')}'`,
    ].join('\n'),
    'package.json': '{}',
    'yarn.lock': '',
  }
}

/** npm 12 and pnpm block install scripts by themselves, and name those who want to run one. */
export function packageManagers(registry: string, folder: string): Manager[] {
  const usualStart = { start: ['node', 'train.mjs'] as const, node: nodes.own }
  return [
    {
      ...usualStart,
      title: 'npm',
      programs: { npm: managers.npm, npx: managers.npx },
      files: npmFiles(registry, folder, ['ignore-scripts=true']),
      install: ['npm', 'install', 'gantorch'],
    },
    {
      ...usualStart,
      title: 'npm 12 with the newest Node.js',
      node: nodes.newest,
      programs: { npm: managers.npm12 },
      files: npmFiles(registry, folder),
      install: ['npm', 'install', 'gantorch'],
    },
    {
      ...usualStart,
      title: 'pnpm',
      programs: { pnpm: managers.pnpm },
      files: {
        ...npmFiles(registry, folder),
        'pnpm-workspace.yaml': `minimumReleaseAge: 0\nstoreDir: ${join(folder, 'pnpm-store')}\n`,
      },
      install: ['pnpm', 'add', 'gantorch'],
    },
    {
      ...usualStart,
      title: 'Yarn 1',
      programs: { yarn: managers.yarn1 },
      files: {
        '.yarnrc': `registry "${registry}"\ncache-folder "${join(folder, 'yarn')}"\nignore-scripts true\n`,
        'package.json': '{ "license": "MIT" }',
      },
      install: ['yarn', 'add', 'gantorch'],
      usual: /^warning Ignored scripts due to flag\.$/gm,
    },
    ...yarn4(registry, folder),
    {
      ...usualStart,
      title: 'Bun',
      programs: {},
      files: {
        'bunfig.toml': `[install]\nregistry = "${registry}"\ncache.dir = "${join(folder, 'bun')}"\n`,
        'package.json': '{}',
      },
      install: [managers.bun, 'add', '--ignore-scripts', 'gantorch'],
      start: [managers.bun, 'train.mjs'],
    },
  ]
}

function yarn4(registry: string, folder: string): Manager[] {
  const common = {
    node: nodes.own,
    programs: { yarn: managers.yarn4 },
    install: ['yarn', 'add', 'gantorch'] as const,
    start: ['yarn', 'node', 'train.mjs'] as const,
  }
  return [
    {
      ...common,
      title: 'Yarn 4 with node_modules',
      files: yarnFiles(registry, folder, 'node-modules'),
    },
    {
      ...common,
      title: "Yarn 4 with Plug'n'Play",
      files: yarnFiles(registry, folder, 'pnp'),
      usual: /^.*(ESM support for PnP uses the experimental loader|Done with warnings).*$/gm,
    },
  ]
}
