/** Every reason for which a part of gantorch may fail to load; docs/troubleshooting.md has all of them. */
export const LOAD_REASONS = [
  'unsupported-platform',
  'musl',
  'old-glibc',
  'old-libstdcxx',
  'wrong-architecture',
  'no-libtorch',
  'wrong-libtorch',
  'broken-libtorch',
  'no-addon',
  'broken-addon',
  'addons-disabled',
  'crash',
  'already-open',
  'deleted-folder',
  'bundled',
  'electron-archive',
  'sharp',
] as const

/** The `reason` of a LoadError. */
export type LoadReason = (typeof LOAD_REASONS)[number]
