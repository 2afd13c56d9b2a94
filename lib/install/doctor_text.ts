/** The report of `npx gantorch doctor` for people. */
import { type Report } from './doctor_command'
import { type Loaded } from './doctor_load'

export function reportText(report: Report): string {
  const { gantorch, system, addons, places, taken, cuda, cache, load } = report
  const lines = [
    entry('gantorch', `${gantorch.version} in ${gantorch.folder}`),
    entry('Node.js', `${system.node}, ${system.platform}`),
    entry('system', system.system),
    entry('C library', system.libc),
    entry('C++ library', system.libstdcxx),
    entry('processor', `${system.processor}, ${system.cores} cores`),
    entry('extensions', system.extensions.join(', ') || 'none that kernels are chosen by'),
    entry('memory', memory(system.memory)),
    entry('NVIDIA driver', cuda.driver ?? 'none'),
    entry('CUDA files', `${cuda.folder}: ${cuda.state}; not used by this version`),
    entry('cache', `${cache.folder}: ${gigabytes(cache.bytes)}`),
    'addons:',
    ...list(addons.map((addon) => `libtorch ${addon.minor}: ${addon.path} (${addon.origin})`)),
    'places for libtorch:',
    ...list(
      places.map(({ origin, dir, version, problem }) => {
        const what = [
          ...(version === undefined ? [] : [`libtorch ${version}`]),
          problem ?? [],
        ].flat()
        return [origin, ...(dir === undefined ? [] : [dir]), what.join(', ')].join(': ')
      }),
    ),
    ...(taken
      ? ['taken:', ...list([`addon: ${taken.addon}`, `libtorch: ${taken.libtorch}, ${taken.why}`])]
      : []),
    '',
    load.ok ? loadedText(load) : `gantorch can't be loaded here.\n${load.error}`,
  ]
  return lines.join('\n')
}

function loadedText(load: Loaded): string {
  return (
    `gantorch loads here, in ${load.milliseconds} ms: libtorch ${load.libtorch} (addon for ` +
    `${load.builtFor}), ${load.cpuCapability}, ${load.threads} threads, ` +
    `${gigabytes(load.available)} of memory to be had.`
  )
}

function entry(name: string, value: string): string {
  return `${`${name}:`.padEnd(15)}${value}`
}

function list(lines: readonly string[]): string[] {
  return lines.length > 0 ? lines.map((line) => `- ${line}`) : ['- none']
}

function memory({ total, free, limit }: Report['system']['memory']): string {
  const limited = limit === undefined ? '' : `, this process may use ${gigabytes(limit)}`
  return `${gigabytes(total)}, ${gigabytes(free)} free${limited}`
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
