#!/usr/bin/env node
/** The command `gantorch`. Becomes dist/cli.js; nothing of it is in dist/index.js. */
import { Command } from 'commander'
import { join } from 'node:path'
import { solved } from '../error_text'
import { packageVersion } from '../package_root'
import { build, type BuildOptions } from './build_command'
import { doctor, type DoctorOptions } from './doctor_command'
import { printLoad } from './doctor_load'
import { setup, type SetupOptions } from './setup_command'
import { main } from './setup_error'

const root = join(__dirname, '..')

const program = new Command('gantorch')
  .description('Gets, checks and builds the native parts of gantorch.')
  .version(packageVersion(root) ?? 'unknown', '--version', "print gantorch's version")
  .configureOutput({ outputError: (text, write) => write(explain(text)) })

/** Commander's words in the form of our errors. */
function explain(text: string): string {
  const words = text.replace(/^error: /, '').trim()
  const known = program.commands.find((command) => command.name() === process.argv[2])
  const help = `npx gantorch ${known ? `${known.name()} ` : ''}--help`
  return `[gantorch] ${solved(words.replace(/\n/g, ' '), [`See what there is:\n    ${help}`])}\n`
}

/** Where files go, as `cacheDir` decides it. */
function places(below: string): string {
  return `Files go to ~/.cache/gantorch${below}: GANTORCH_CACHE names another folder in the place of ~/.cache/gantorch,
XDG_CACHE_HOME one in the place of ~/.cache.`
}

program
  .command('setup')
  .description('fetch libtorch into the cache')
  .allowExcessArguments(false)
  .option('--cuda', 'add the CUDA part, 2.5 GB to fetch; this version does not use it yet')
  .option('--dry-run', 'only show what would be fetched, how large, and where to')
  .option('--from <folder>', 'take the wheels from a folder: no network, no Python')
  .option('--yes', 'do not ask')
  .option('--libtorch <version>', 'another libtorch than 2.11.0, for the CPU; headers included')
  .addHelpText(
    'after',
    `
What is there already is left alone. After an interruption, wheels that were fetched whole are not fetched
again; one that was not is fetched from its beginning.
${places('')}

Without a network:
  npx gantorch setup --cuda --dry-run          on any machine: lists the commands that fetch the wheels
  npx gantorch setup --cuda --from ./wheels    here, with the wheels copied into ./wheels`,
  )
  .action((options: SetupOptions) => setup(root, options))

program
  .command('doctor')
  .description('show what was found, what is taken and why, and whether it loads')
  .allowExcessArguments(false)
  .option('--json', 'as JSON, for bug reports')
  .addHelpText('after', '\nEnds with status 1 when gantorch can not be loaded.')
  .action((options: DoctorOptions) => doctor(root, options))

// What doctor runs in a child process.
program.command('load', { hidden: true }).action(printLoad)

program
  .command('build')
  .description('build the addon from source, for a libtorch that none was prebuilt for')
  .allowExcessArguments(false)
  .option(
    '--libtorch <folder>',
    "libtorch's folder with lib and include; without it, the first found",
  )
  .addHelpText(
    'after',
    `
Needs cmake, ninja or make, and g++ 11 or newer (CXX names another compiler). Takes some minutes.
${places('/addons')}`,
  )
  .action((options: BuildOptions) => build(root, options))

void main(() => program.parseAsync())
