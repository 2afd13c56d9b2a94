/**
 * Prints `N passed, N failed` from what `jest --json --outputFile FILE` wrote; when the checks
 * before jest failed there is no such file, and that counts as one failure.
 *   node scripts/test_counts.mjs FILE
 */
import { readFileSync } from 'node:fs'

const text = readFileSync(process.argv[2] ?? '', 'utf8')
const results = text === '' ? undefined : JSON.parse(text)
const passed = results?.numPassedTests ?? 0
// A file that can't be loaded has no tests that could fail.
const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
