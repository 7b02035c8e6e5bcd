/**
 * What of a file on its way in outlives a reload of the page: the name of its upload, what was corrected, the job under way. It lasts as
 * long as the browser's tab does; the bytes are with the server.
 */
export interface KeptIntake<C> {
  name: string;
  /** bytes */
  size: number;
  uploadId: string;
  wanted: C;
  /** the reading under the last job that looked, as text */
  reading: string;
  lookJob: string | null;
  storeJob: string | null;
}

const key = 'zhanbu.intake';

/** Private windows and strict settings refuse storage: then nothing outlives a reload. */
export function readKept<C>(): KeptIntake<C> | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as KeptIntake<C> | null;
    return typeof kept?.uploadId === 'string' && typeof kept.name === 'string' ? kept : null;
  } catch {
    return null;
  }
}

export function writeKept<C>(kept: KeptIntake<C> | null): void {
  try {
    if (kept === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // see above
  }
}
