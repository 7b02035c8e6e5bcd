/** The tus protocol spoken by hand, so that each of its steps can go wrong. */
import { connect } from 'node:net';

export interface Tus {
  create(length: number | string, metadata?: Record<string, string>, more?: Record<string, string>): Promise<Response>;
  /** a new upload's id */
  begin(length: number, metadata?: Record<string, string>): Promise<string>;
  head(id: string): Promise<Response>;
  /** bytes received; NaN where there is no such upload */
  offset(id: string): Promise<number>;
  patch(id: string, offset: number | string, bytes: Uint8Array, more?: Record<string, string>): Promise<Response>;
  /** announces all of `bytes`, sends the first `sent` of them, and cuts the line once `until` says so */
  breakOff(id: string, offset: number, bytes: Uint8Array, sent: number, until: () => Promise<boolean>): Promise<void>;
}

const version = { 'tus-resumable': '1.0.0' };

export function tusAt(url: string): Tus {
  const collection = `${url}/api/v1/uploads`;
  const create: Tus['create'] = (length, metadata = {}, more = {}) => {
    const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    return fetch(collection, {
      method: 'POST',
      headers: {
        ...version,
        'upload-length': String(length),
        ...(pairs.length > 0 ? { 'upload-metadata': pairs.join(',') } : {}),
        ...more,
      },
    });
  };
  const head: Tus['head'] = (id) => fetch(`${collection}/${id}`, { method: 'HEAD', headers: version });
  const offset: Tus['offset'] = async (id) => Number((await head(id)).headers.get('upload-offset') ?? 'none');
  return {
    create,
    head,
    offset,
    async begin(length, metadata) {
      const answer = await create(length, metadata);
      const place = new URL(answer.headers.get('location') ?? '', collection).pathname;
      const id = /^\/api\/v1\/uploads\/([0-9a-f]{32})$/.exec(place)?.[1];
      if (id === undefined) throw new Error(`no upload: ${answer.status} ${await answer.text()}`);
      return id;
    },
    patch: (id, at, bytes, more = {}) =>
      fetch(`${collection}/${id}`, {
        method: 'PATCH',
        headers: {
          ...version,
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(at),
          ...more,
        },
        body: new Uint8Array(bytes),
      }),
    async breakOff(id, at, bytes, sent, until) {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.write(
        `PATCH /api/v1/uploads/${id} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: ${at}\r\n` +
          `Content-Type: application/offset+octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes.subarray(0, sent));
      while (!(await until())) await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
    },
  };
}
