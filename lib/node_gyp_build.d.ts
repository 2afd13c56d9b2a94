declare module 'node-gyp-build' {
  /** The addon in a package's folder that is for this platform; throws where there is none. */
  export function path(folder: string): string
}
