/** What `dist/index.js` runs first: libtorch is opened on a thread while the library itself is read. */
import { openAhead, thisHost } from './native'

openAhead(thisHost())
