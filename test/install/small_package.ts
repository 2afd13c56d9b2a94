/** gantorch with an addon of a few lines in the place of the real one: our CMakeLists.txt and command. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')

/** Exports `value`. */
export const addonSource = (value: number): string => `#include <napi.h>
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("value", Napi::Number::New(env, ${value}));
  return exports;
}
NODE_API_MODULE(gantorch, Init)
`

/** A new folder below `parent` with the sources of an addon and, of ours, the files that are named. */
export function smallPackage(parent: string, files: readonly string[]): string {
  const dir = mkdtempSync(join(parent, 'package-'))
  for (const name of ['package.json', 'native/loader.cpp', ...files]) {
    cpSync(join(root, name), join(dir, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  const lists = readFileSync(join(root, 'CMakeLists.txt'), 'utf8')
    .replace(/set\(GANTORCH_CORE_SOURCES[^)]*\)/, 'set(GANTORCH_CORE_SOURCES native/core.cpp)')
    .replace(/set\(GANTORCH_NAPI_SOURCES[^)]*\)/, 'set(GANTORCH_NAPI_SOURCES native/addon.cpp)')
    .replace(
      /set\(GANTORCH_PRECOMPILED_HEADERS[^)]*\)/,
      'set(GANTORCH_PRECOMPILED_HEADERS <vector>)',
    )
  writeFileSync(join(dir, 'CMakeLists.txt'), lists)
  mkdirSync(join(dir, 'native'), { recursive: true })
  writeFileSync(join(dir, 'native/core.cpp'), '')
  writeFileSync(join(dir, 'native/addon.cpp'), addonSource(1))
  return dir
}
