/**
 * Opaque page cursors. A cursor carries a position and a digest over that position and the question it belongs to, so
 * that one from another question, or one that was edited, is refused instead of paging through the wrong rows. The
 * digest is no secret: a position gives nobody more than a query would.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

const digestLength = 12;

export function encodeCursor(question: unknown, position: string): string {
  return Buffer.from(digest(question, position) + position).toString('base64url');
}

/** The position, or undefined without a cursor; `validation` for one that is not ours. */
export function decodeCursor(question: unknown, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(digestLength);
  if (encodeCursor(question, position) !== cursor) throw badCursor();
  return position;
}

export function badCursor(): AppError {
  return new AppError(
    'validation',
    {
      zh: '参数 cursor 无效。请原样使用上一页答复中的 next_cursor，且筛选条件须与上一页相同。',
      en: 'The cursor is not valid. Use next_cursor of the page before as it stands, with the same filters.',
    },
    { field: 'cursor' },
  );
}

function digest(question: unknown, position: string): string {
  return createHash('sha256')
    .update(`${JSON.stringify(question)}\n${position}`)
    .digest('base64url')
    .slice(0, digestLength);
}
