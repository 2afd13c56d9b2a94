/** Writes gantorch's JSON of every case of test/reference/config.json to the file it is given. */
import { writeFileSync } from 'node:fs'
import { configCases, FORMATS, ownText } from '../../test/reference/configs'

const path = process.argv[2]
if (path === undefined) throw new Error('usage: config_texts.ts FILE')
const texts = configCases().map((reference) => [
  reference.name,
  Object.fromEntries(FORMATS.map((format) => [format, ownText(reference, format)])),
])
writeFileSync(path, JSON.stringify(Object.fromEntries(texts)))
