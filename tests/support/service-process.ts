/** The service as processes of their own, which a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./service.child.ts', import.meta.url));

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly url: string;

  private constructor(child: ChildProcess, gone: Promise<unknown>, url: string) {
    this.#child = child;
    this.#gone = gone;
    this.url = url;
  }

  /** Returns when it serves. @param databaseUrl undefined: the embedded database in dataDir */
  static async start(options: { dataDir: string; databaseUrl?: string; chunk: number }): Promise<ServiceProcess> {
    const child = spawn(process.execPath, [script], {
      env: {
        ...process.env,
        DATA_DIR: options.dataDir,
        DATABASE_URL: options.databaseUrl ?? '',
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'silent',
        TEST_CHUNK_SIZE: String(options.chunk),
        TEST_CHUNK_LEASE_S: '2',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gone = new Promise((resolve) => child.once('close', resolve));
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const found = /http:\/\/[\d.:]+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the service ended: ${text}`)));
    });
    return new ServiceProcess(child, gone, url);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  /** in order */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#gone;
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    return (await (await fetch(`${this.url}/api/v1${path}`, init)).json()) as T;
  }
}
