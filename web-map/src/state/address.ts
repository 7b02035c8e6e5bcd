/** The run and the parcel in the address bar, so that a link opens the same view again. */
export interface Address {
  run: string | null;
  parcel: string | null;
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  return { run: query.get('run'), parcel: query.get('parcel') };
}

/** @returns the search part of the address, with what else stood in it kept */
export function writeAddress(search: string, { run, parcel }: Address): string {
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries({ run, parcel })) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
