/** The form of errors that come with a cure. */

/** The cause, every place tried, and the cures, one block of text. */
export function solved(
  cause: string,
  solutions: readonly string[],
  tried: readonly string[] = [],
): string {
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`)
  return [
    cause,
    ...(tried.length > 0 ? ['Tried:', ...list(tried)] : []),
    'Possible solutions:',
    ...list(solutions),
  ].join('\n')
}
