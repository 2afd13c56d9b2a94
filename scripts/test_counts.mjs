/**
 * Prints `N passed, N failed` from what `jest --json --outputFile FILE` wrote; no such
 * file, as when set-up failed, counts as one failure, and so does a STATUS other than 0 where all
 * tests passed, as when a check failed.
 *   node scripts/test_counts.mjs FILE [STATUS]
 */
import { readFileSync } from 'node:fs'

const text = readFileSync(process.argv[2] ?? '', 'utf8')
const results = text === '' ? undefined : JSON.parse(text)
const passed = results?.numPassedTests ?? 0
// A file that can't be loaded has no tests that could fail.
const failedTests = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1
const failed = failedTests || (Number(process.argv[3] ?? 0) === 0 ? 0 : 1)
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
