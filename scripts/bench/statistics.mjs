/** Medians and ranges, and how numbers are written. */

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function summary(numbers) {
  return { median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers) }
}

export function timeText(seconds) {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} us`
  if (seconds < 0.1) return `${(seconds * 1e3).toFixed(2)} ms`
  return seconds < 1 ? `${(seconds * 1e3).toFixed(0)} ms` : `${seconds.toFixed(2)} s`
}

/** A table in Markdown. */
export function tableOf(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
