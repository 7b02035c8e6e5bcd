/** Names of the entries of a zip, only ever shown and compared. */
import yauzl, { type Entry } from 'yauzl';

/**
 * Chinese Windows writes GBK names without the UTF-8 flag. Decoded first, then backslashes become slashes: the second
 * byte of a GBK character may be a backslash.
 */
export function entryName(entry: Entry): string {
  const raw = entry.fileNameRaw;
  if (entry.extraFields.some((field) => field.id === 0x7075)) {
    return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
  }
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(raw).replaceAll('\\', '/');
    } catch {
      // not this encoding
    }
  }
  return raw.toString('latin1').replaceAll('\\', '/');
}
