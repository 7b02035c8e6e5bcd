/**
 * Many values as one and where each stands in it (bytes from 1; null: none): `substring(:bytes::bytea from data_from for data_bytes)`. An
 * array of them would travel as escaped text of more than twice the length: a fifth of the time that 200,000 patches take, and a third of
 * what tiles of 64 million slopes do.
 */
export function packedBytes(values: readonly (Uint8Array | null)[]): {
  bytes: Buffer;
  from: number[];
  lengths: (number | null)[];
} {
  let end = 1;
  const from: number[] = [];
  for (const value of values) {
    from.push(end);
    end += value?.length ?? 0;
  }
  return {
    bytes: Buffer.concat(
      values.filter((value) => value !== null),
      end - 1,
    ),
    from,
    lengths: values.map((value) => value?.length ?? null),
  };
}
