/** One picture of a folder, by the folder's rule for broken files. */
import { FileError } from '../errors'
import { decodeFile } from './decode'
import type { FolderReading } from './folder_options'
import { reasonOf, type SharpModule } from './sharp'

/** The picture's bytes; or why it can't be read, which with `onError: 'throw'` is a FileError. */
export async function readPicture(
  where: string,
  sharp: SharpModule,
  path: string,
  { decode, onError }: Pick<FolderReading, 'decode' | 'onError'>,
): Promise<Uint8Array | string> {
  try {
    return (await decodeFile(sharp, path, decode)).data
  } catch (error) {
    const reason = reasonOf(error)
    if (onError === 'skip') return reason
    throw new FileError(where, `can't read ${path}: ${reason}`, { cause: error })
  }
}
