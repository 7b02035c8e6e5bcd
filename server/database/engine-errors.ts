/** What a caller may learn from an error of the database driver. */
import { AppError } from '../errors.ts';
import { engineMajor } from './engine-folder.ts';

interface DriverError {
  code?: string;
  routine?: string;
  message?: string;
}

/** The embedded engine trapped inside this statement (a GEOS exception, a lack of memory): nothing was kept, the engine was restarted. */
export function isEngineTrap(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'engine-trap';
  const { code, routine } = (error ?? {}) as DriverError;
  return code === 'XX000' && routine === 'engine_guard';
}

/** The connection broke under the statement (engine killed or restarted, server gone): whether it was committed is unknown. */
export function isConnectionLost(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as DriverError;
  return (
    ['57P01', '57P02', '57P03', '08006', '08003', '25P03', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOENT'].includes(
      code,
    ) || /^Connection terminated|^Client has encountered a connection error/.test(message)
  );
}

/** For a job: a trap or a lost connection is worth one more try, after which it fails visibly. */
export function isWorthRetry(error: unknown): boolean {
  return (
    isEngineTrap(error) || isConnectionLost(error) || ['40001', '40P01'].includes((error as DriverError)?.code ?? '')
  );
}

/** The AppError a caller sees instead of a trap's database text; any other error is given back as it is. */
export function asAppError(error: unknown): unknown {
  if (error instanceof AppError || !isEngineTrap(error)) return error;
  return new AppError(
    'engine-trap',
    {
      zh: '内置空间数据库在这一步出错并已自动重启,本步没有写入任何结果。请重试;若再次出现,请检查该地块图形,或改用独立的 PostGIS 数据库。',
      en: 'The embedded spatial database failed in this step and was restarted; nothing of the step was kept. Try again; if it fails again, look at the shape concerned, or use a PostGIS server.',
    },
    undefined,
    { cause: error },
  );
}

/** Another process has the data folder of the embedded database open. */
export function folderTaken(folder: string, pid: number): AppError {
  return new AppError(
    'conflict',
    {
      zh: `数据目录 ${folder} 正被另一个进程(进程号 ${pid})使用。请先停止它,或用 DATA_DIR 换一个目录;多个进程共用时请改用 PostGIS 数据库(DATABASE_URL)。`,
      en: `The data folder ${folder} is in use by another process (pid ${pid}). Stop it first, or choose another folder with DATA_DIR; for several processes use a PostGIS server (DATABASE_URL).`,
    },
    { file: folder },
  );
}

/** The data folder was written by another major version of PostgreSQL. */
export function foreignFolder(folder: string, major: string): AppError {
  return new AppError(
    'conflict',
    {
      zh: `数据目录 ${folder} 由 PostgreSQL ${major} 建立,本程序内置的是 PostgreSQL ${engineMajor},不能直接打开。请用建立它的程序版本导出数据,或用 DATA_DIR 换一个目录。`,
      en: `The data folder ${folder} was written by PostgreSQL ${major}; this program holds PostgreSQL ${engineMajor} and cannot open it. Export it with the version that made it, or choose another folder with DATA_DIR.`,
    },
    { file: folder },
  );
}
