/** Default layer names as Keras gives them: conv2d, conv2d_1, conv2d_2, ... */

const counts = new Map<string, number>()

/** `LeakyReLU` becomes `leaky_re_lu`, `Conv2D` becomes `conv2d`, as in Keras. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** The next unused default name for a class. */
export function uniqueName(className: string): string {
  const stem = snakeCase(className)
  const count = counts.get(stem) ?? 0
  counts.set(stem, count + 1)
  return count === 0 ? stem : `${stem}_${count}`
}
