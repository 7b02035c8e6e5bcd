/** A line between a client and a server on this machine, that can be slow, cut and down. */
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Line {
  url: string;
  port: number;
  /** bytes from the client to the server so far */
  sent(): number;
  /** connections cut so far */
  cuts(): number;
  /** ends every connection now */
  cut(): void;
  /** takes none until it is up again */
  down: boolean;
  /** bytes/s to the server over all connections; 0: as fast as it goes */
  speed: number;
  close(): void;
}

/** @param cutAfter bytes of one connection after which it is cut */
export async function startLine(port: number, cutAfter = Number.POSITIVE_INFINITY): Promise<Line> {
  const pairs = new Set<[Socket, Socket]>();
  let [sent, cuts] = [0, 0];
  const end = (pair: [Socket, Socket]) => {
    for (const socket of pair) socket.destroy();
    pairs.delete(pair);
  };
  const server = createServer((near) => {
    if (line.down) {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const socket of pair) socket.on('error', () => {}).on('close', () => end(pair));
    far.pipe(near);
    void carry(near, far).catch(() => end(pair));
  });
  async function carry(near: Socket, far: Socket): Promise<void> {
    let passed = 0;
    for await (const bytes of near as AsyncIterable<Buffer>) {
      if (line.speed > 0) await pause((1000 * bytes.length) / line.speed);
      await new Promise<void>((resolve, reject) => far.write(bytes, (error) => (error ? reject(error) : resolve())));
      sent += bytes.length;
      passed += bytes.length;
      if (passed <= cutAfter) continue;
      cuts++;
      near.resetAndDestroy();
      far.resetAndDestroy();
      return;
    }
    far.end();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as { port: number }).port;
  const line: Line = {
    url: `http://127.0.0.1:${own}`,
    port: own,
    sent: () => sent,
    cuts: () => cuts,
    cut() {
      for (const pair of [...pairs]) {
        cuts++;
        for (const socket of pair) socket.resetAndDestroy();
      }
    },
    down: false,
    speed: 0,
    close() {
      for (const pair of [...pairs]) end(pair);
      server.close();
    },
  };
  return line;
}
