/** What an error is, in the codes of CONTRACT §6, as far as a job or a request can tell without knowing HTTP. */
import { asAppError, isConnectionLost, isWorthRetry } from '../database/connect.ts';
import { AppError, type ProblemCode, type Sentence, type Where } from '../errors.ts';

/** A problem in both languages: what a job keeps, and what http says in the language of whoever asks. */
export interface Fault {
  code: ProblemCode;
  detail: Sentence;
  where?: Where | undefined;
  /** true: nobody foresaw it; to be logged whole, told without inner text */
  unforeseen?: boolean;
}

export function faultOf(error: unknown): Fault {
  const known = asAppError(error);
  if (known instanceof AppError) {
    const engine = known.code === 'engine-trap' ? { unforeseen: true } : {};
    return {
      code: known.code,
      detail: known.detail,
      ...(known.where === undefined ? {} : { where: known.where }),
      ...engine,
    };
  }
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100')
    return { code: 'storage-full', detail: noRoom, unforeseen: true };
  // a disk with faults is remounted read-only: to the uploader the same as a full one, to the administrator not
  if (code === 'EROFS' || code === 'EACCES') return { code: 'storage-full', detail: noWriting, unforeseen: true };
  if (isDatabaseAway(error)) return { code: 'busy', detail: away, unforeseen: true };
  return { code: 'internal', detail: unknown, unforeseen: true };
}

/** No answer from the database just now (also: all its connections taken, 53300); another try in seconds is worth it. */
export function isDatabaseAway(error: unknown): boolean {
  if (errorCode(error) === 'ENOENT') return (error as { syscall?: unknown }).syscall === 'connect';
  return (
    errorCode(error) === '53300' ||
    isConnectionLost(error) ||
    (error instanceof Error && /^timeout exceeded when trying to connect/.test(error.message))
  );
}

/** A fault of the engine, not of the input: the work is idempotent and is tried once more (THREATS T18). */
export function isEngineFault(error: unknown): boolean {
  return isDatabaseAway(error) || (errorCode(error) !== 'ENOENT' && isWorthRetry(error));
}

function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const noRoom: Sentence = {
  zh: '服务器存储空间不足，未保存任何内容。请通知管理员清理空间后重试。',
  en: 'The server has no room left; nothing was stored. Ask the administrator to make room, then try again.',
};
const noWriting: Sentence = {
  zh: '服务器的数据目录不能写入，未保存任何内容。请通知管理员检查磁盘与目录权限后重试。',
  en: 'The data folder of the server cannot be written to; nothing was stored. Ask the administrator to look at the disk and its permissions, then try again.',
};
const away: Sentence = {
  zh: '数据库正在启动或重启，请几秒后重试。',
  en: 'The database is starting or restarting; try again in a few seconds.',
};
const unknown: Sentence = {
  zh: '系统内部出错，已记录。请稍后重试；若仍出错，请把 request_id 告诉管理员。',
  en: 'Something went wrong here and was recorded. Try again later; if it happens again, give the request_id to the administrator.',
};
