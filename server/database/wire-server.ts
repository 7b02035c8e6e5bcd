/**
 * Serves one engine session to many clients. A client gets the engine for a whole batch (up to Sync or a simple query) and keeps it
 * while its transaction is open. pglite-socket hands over single messages instead: with parameters over 64 KB, which arrive in
 * several reads, other clients' statements slipped between Parse and Bind and 81 of 480 queries got another query's rows.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { EngineTrap, type GuardedEngine } from './engine-guard.ts';
import {
  askPassword,
  errorResponse,
  message,
  simpleQuery,
  startupMessage,
  statementName,
  takeMessages,
  takeStartup,
  type WireMessage,
} from './wire-messages.ts';

export interface WireServerOptions {
  engine: GuardedEngine;
  password: string;
  /** a client idle inside a transaction for so long, while others wait, is dropped and rolled back */
  maxIdleInTransactionMs: number;
  /** the engine said nothing believable: called at once, before any client hears of it */
  onTrapSeen(trap: EngineTrap): void;
  /** all clients were told and are gone: the engine may be thrown away */
  onTrap(trap: EngineTrap): void;
  /** around the engine's work, for the watchdog */
  onBusy(busy: boolean): void;
}

interface Client {
  socket: Socket;
  stage: 'startup' | 'password' | 'ready' | 'closed';
  buffer: Buffer;
  incoming: WireMessage[];
  /** in error until Sync because of an answer of ours, not of the engine's */
  refusing: boolean;
}

/** All clients share one backend session, so what one of them names there another would meet. COPY from the client breaks the connection. */
function whyRefused(type: string, bytes: Buffer): string | undefined {
  if (type === 'P' && statementName(bytes) !== '')
    return 'named statements are common to all clients of the embedded database and are refused';
  return 'PBDECSHQ'.includes(type) ? undefined : `the embedded database does not serve messages of type ${type}`;
}

const mostOvertaken = 20;

const opensTransaction = (first: WireMessage | undefined) =>
  first?.type === 'Q' && /^\s*(begin|start transaction)\b/i.test(first.bytes.toString('utf8', 5, 40));

export async function serveEngine(options: WireServerOptions): Promise<{ server: Server; close(): Promise<void> }> {
  const { engine, password } = options;
  const clients = new Set<Client>();
  const waiting: Client[] = [];
  let owner: Client | undefined;
  let overtaken = 0;
  let working = false;
  let stopped = false;
  let idleTimer: NodeJS.Timeout | undefined;
  const greeting = (await engine.exchange('start', startupMessage())).reply;

  function accept(socket: Socket): void {
    const client: Client = { socket, stage: 'startup', buffer: Buffer.alloc(0), incoming: [], refusing: false };
    clients.add(client);
    socket.setNoDelay(true);
    socket.on('data', (data) => receive(client, data));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => leave(client));
  }

  function receive(client: Client, data: Buffer): void {
    client.buffer = client.buffer.length === 0 ? data : Buffer.concat([client.buffer, data]);
    try {
      if (client.stage === 'startup') greet(client);
      if (client.stage === 'startup' || client.stage === 'closed') return;
      const { messages, rest } = takeMessages(client.buffer);
      client.buffer = rest;
      for (const one of messages) take(client, one);
    } catch {
      client.socket.destroy();
      return;
    }
    if (!working) void work();
  }

  function greet(client: Client): void {
    for (let first = takeStartup(client.buffer); first !== undefined; first = takeStartup(client.buffer)) {
      client.buffer = first.rest;
      if (first.kind === 'ssl') client.socket.write('N');
      else if (first.kind === 'cancel') return void client.socket.destroy();
      else {
        client.stage = 'password';
        client.socket.write(askPassword);
        return;
      }
    }
  }

  function take(client: Client, one: WireMessage): void {
    if (one.type === 'X') return void client.socket.end();
    if (client.stage === 'password') {
      if (one.type !== 'p' || one.bytes.toString('utf8', 5, one.bytes.length - 1) !== password) {
        client.socket.end(
          errorResponse({ severity: 'FATAL', code: '28P01', message: 'wrong password', routine: 'wire_server' }),
        );
        return;
      }
      client.stage = 'ready';
      client.socket.write(greeting);
      return;
    }
    client.incoming.push(one);
    if ('QSH'.includes(one.type) && client !== owner && !waiting.includes(client)) waiting.push(client);
  }

  /**
   * Lone statements before transactions: a request asks one or three of them and is answered, while two chunks of a run, which take turns
   * at transactions of some 50 ms, would let each of its statements wait for both. The first in the line is overtaken so often at most.
   */
  function nextWaiting(): Client | undefined {
    const lone = waiting.findIndex((client) => !opensTransaction(client.incoming[0]));
    if (lone <= 0 || overtaken >= mostOvertaken) {
      overtaken = 0;
      return waiting.shift();
    }
    overtaken += 1;
    return waiting.splice(lone, 1)[0];
  }

  /** Runs batches until there is none that may run now. The engine works synchronously: between two batches we let sockets speak. */
  async function work(): Promise<void> {
    working = true;
    while (!stopped) {
      const client: Client | undefined = owner ?? nextWaiting();
      if (client === undefined) break;
      // gone with its transaction open: a Sync ends what is half said, then runBatch rolls back as a server would
      if (client.stage === 'closed') client.incoming = [{ type: 'S', bytes: message('S') }];
      const end = client.incoming.findIndex((one) => 'QSH'.includes(one.type));
      if (end < 0) {
        if (client === owner) break;
        continue;
      }
      const batch = client.incoming.splice(0, end + 1);
      owner = client;
      clearTimeout(idleTimer);
      try {
        await runBatch(client, batch);
      } catch (error) {
        await trapped(client, error instanceof EngineTrap ? error : new EngineTrap(String(error)));
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    working = false;
    if (owner !== undefined) watchIdle(owner);
  }

  async function runBatch(client: Client, batch: WireMessage[]): Promise<void> {
    const replies: Buffer[] = [];
    let status: string | undefined;
    options.onBusy(true);
    try {
      for (const { type, bytes } of batch) {
        if (client.refusing && type !== 'S') continue;
        client.refusing = false;
        const text = whyRefused(type, bytes);
        if (text !== undefined) {
          client.refusing = true;
          replies.push(errorResponse({ severity: 'ERROR', code: '0A000', message: text, routine: 'wire_server' }));
          continue;
        }
        const answer = await engine.exchange(type, bytes);
        replies.push(answer.reply);
        status = answer.status ?? status;
      }
    } finally {
      options.onBusy(false);
    }
    if (client.stage !== 'closed') client.socket.write(Buffer.concat(replies));
    const done = status === 'I';
    if (client.stage === 'closed' && !done) await rollBack(batch.at(-1)?.type === 'H');
    if (done || client.stage === 'closed') {
      owner = undefined;
      if (client.incoming.some((one) => 'QSH'.includes(one.type))) waiting.push(client);
    }
  }

  async function rollBack(insideBatch: boolean): Promise<void> {
    if (insideBatch) await engine.exchange('S', message('S'));
    await engine.exchange('Q', simpleQuery('rollback'));
  }

  function leave(client: Client): void {
    client.stage = 'closed';
    clients.delete(client);
    const at = waiting.indexOf(client);
    if (at >= 0) waiting.splice(at, 1);
    if (owner === client && !working) void work();
  }

  function watchIdle(client: Client): void {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (owner !== client || working) return;
      if (waiting.length === 0) return watchIdle(client);
      const text = `idle in a transaction for ${options.maxIdleInTransactionMs} ms while others wait; rolled back`;
      client.socket.end(errorResponse({ severity: 'FATAL', code: '25P03', message: text, routine: 'wire_server' }));
      client.socket.destroySoon();
    }, options.maxIdleInTransactionMs);
    idleTimer.unref();
  }

  /** The others first, so that none of them is taken for alive when the one who asked hears of it. */
  async function trapped(client: Client, trap: EngineTrap): Promise<void> {
    stopped = true;
    options.onTrapSeen(trap);
    server.close();
    for (const other of clients) if (other !== client) other.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const text = `engine-trap: the embedded engine failed inside this statement and is restarted; nothing of it was kept (${trap.message})`;
    await new Promise<void>((resolve) => {
      if (client.socket.destroyed) return resolve();
      client.socket.once('close', () => resolve());
      client.socket.end(
        errorResponse({ severity: 'FATAL', code: 'XX000', message: text, routine: 'engine_guard' }),
        () => resolve(),
      );
    });
    options.onTrap(trap);
  }

  const server = createServer(accept);
  return {
    server,
    async close() {
      stopped = true;
      clearTimeout(idleTimer);
      for (const client of clients) client.socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
