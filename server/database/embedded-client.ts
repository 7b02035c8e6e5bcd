/** The pool's client for the embedded engine: it waits while the engine restarts, and remembers a trap. */
import pg from 'pg';
import type { EmbeddedEngine } from './embedded-postgis.ts';
import { isEngineTrap } from './engine-errors.ts';

type Callback = (error: Error) => void;

/** pg's own parts that we look at; checked by tests/database/engine-traps.test.ts on every upgrade of pg. */
interface Inside {
  connection: NodeJS.EventEmitter;
  _queryable: boolean;
}

export function clientOf(engine: EmbeddedEngine): typeof pg.Client {
  class EmbeddedClient extends pg.Client {
    trap: Error | undefined;

    constructor(config?: pg.ClientConfig) {
      // the pool hides the password from copying
      super({ ...config, password: engine.password, port: engine.port() });
      const inside = this as unknown as Inside;
      // A FATAL error ends the connection. pg learns of it only when the socket closes; until then the pool would lend this client again.
      inside.connection.prependListener('errorMessage', (error: Error & { severity?: string }) => {
        if (error.severity === 'FATAL') inside._queryable = false;
        if (isEngineTrap(error)) this.trap = error;
      });
    }
  }
  const { connect, query } = pg.Client.prototype as unknown as Record<
    'connect' | 'query',
    (...args: unknown[]) => unknown
  >;
  Object.assign(EmbeddedClient.prototype, {
    connect(this: EmbeddedClient, callback?: Callback): unknown {
      const waited = engine.whenReady();
      if (callback === undefined) return waited.then(() => connect.call(this));
      return waited.then(() => void connect.call(this, callback), callback);
    },
    // A rollback or commit after the trap would fail with "not queryable" and hide why: whoever asks on is told of the trap again.
    query(this: EmbeddedClient, ...args: unknown[]): unknown {
      const { trap } = this;
      if (trap === undefined) return query.apply(this, args);
      const callback = args.find((arg): arg is Callback => typeof arg === 'function');
      if (callback === undefined) return Promise.reject(trap);
      return void setImmediate(() => callback(trap));
    },
  });
  return EmbeddedClient;
}
