/** Answers that are written piece by piece. */
interface Portion<Row> {
  items: Row[];
}

/** A FeatureCollection of rows that come in portions; what stands beside the features is told by the last portion. */
export async function* featureCollection<Row, P extends Portion<Row>>(
  portions: AsyncIterable<P>,
  feature: (row: Row) => object,
  ending: (last: P) => object,
): AsyncGenerator<string> {
  let separator = '';
  let last: P | undefined;
  for await (const portion of portions) {
    let block = last === undefined ? '{"type":"FeatureCollection","features":[' : '';
    for (const row of portion.items) {
      block += separator + JSON.stringify(feature(row));
      separator = ',';
    }
    yield block;
    last = portion;
  }
  if (last !== undefined) yield `],${JSON.stringify(ending(last)).slice(1)}`;
}

/** The same iterable after its first piece was waited for: what is wrong is thrown now, while it can still be answered. */
export async function begun<T>(pieces: AsyncIterable<T>): Promise<AsyncGenerator<T>> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  })();
}

/** Content-Disposition by RFC 6266: an ASCII name for old readers, the real one by RFC 8187. */
export function attachment(fileName: string, asciiName: string): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${asciiName}"; filename*=UTF-8''${encoded}`;
}
