/** What is wrong with the items of a request, each with its place, and all of them at once: a batch is not mended one fault a try. */
import type { CheckId, Measure } from '../domain/outcome.ts';
import type { Decision } from '../domain/review.ts';
import { AppError, type PlacedFault } from '../errors.ts';

export interface Item {
  parcel_id: string;
  project_code: string | null;
  check: CheckId;
  geometry_hash: string;
  decision: Decision;
  measure?: Measure | undefined;
  reason: string;
  /** the decision that was seen and is to be superseded; without it the flag must have none that stands */
  expects?: string | null | undefined;
  /** attachment ids */
  attachments?: string[] | undefined;
}

/** Faults told of one request; beyond them a request is wrong as a whole. */
const most = 200;
/** What the client must mend first decides the code of the whole. */
const order = ['validation', 'too-large', 'not-found', 'conflict'];

/** Throws what is found, the first fault in front; nothing where there is none. */
export function refuse(faults: PlacedFault[]): void {
  const rank = ({ code }: PlacedFault) => order.indexOf(code);
  const [first] = [...faults].sort((a, b) => rank(a) - rank(b));
  if (first === undefined) return;
  const more = faults.length - 1;
  const detail =
    more === 0
      ? first.detail
      : { zh: `${first.detail.zh}另有 ${more} 处问题。`, en: `${first.detail.en} There are ${more} more faults.` };
  throw new AppError(first.code, detail, { field: first.field, problems: faults.slice(0, most) });
}

/** What the items themselves show. */
export function faultsOf(items: readonly Item[], attachmentsEach: number): PlacedFault[] {
  const faults: PlacedFault[] = [];
  const seen = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const say = (field: string, zh: string, en: string, code: PlacedFault['code'] = 'validation') =>
      faults.push({ field: `items[${i}].${field}`, code, detail: { zh, en } });
    const flag = JSON.stringify([item.project_code ?? '', item.parcel_id, item.check, item.geometry_hash]);
    const before = seen.get(flag);
    if (before === undefined) seen.set(flag, i);
    else
      say(
        'parcel_id',
        `items[${i}] 与 items[${before}] 是同一地块的同一检查，一次请求只能决定一次。`,
        `items[${i}] is the same check of the same parcel as items[${before}]; one request decides it once.`,
      );
    for (const field of ['parcel_id', 'project_code', 'geometry_hash', 'reason'] as const)
      if (!isStorable(item[field] ?? '')) say(field, ...unstorable);
    if (item.decision !== 'withdrawn' && item.reason.trim() === '')
      say(
        'reason',
        '请写明理由：确认或否定疑似问题都须有理由。',
        'Give a reason: a flag is confirmed or rejected with one.',
      );
    if (item.decision !== 'confirmed' && item.measure !== undefined)
      say(
        'measure',
        '只有确认（confirmed）才选处置措施，请去掉 measure。',
        'Only a confirmed flag has a measure; leave it out.',
      );
    const files = item.attachments ?? [];
    if (files.length > attachmentsEach)
      say(
        'attachments',
        `一个决定最多 ${attachmentsEach} 个附件。`,
        `A decision has at most ${attachmentsEach} attachments.`,
        'too-large',
      );
    if (new Set(files).size < files.length) say('attachments', '同一附件只能列一次。', 'An attachment is listed once.');
  }
  return faults;
}

/** Foreign text inside a sentence: no control or direction-changing characters, not endless. */
export function shortly(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}

/** Neither control characters nor half a surrogate pair: jsonb cannot hold them, nor can a reader see them. */
const isStorable = (text: string) =>
  text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
const unstorable = [
  '含有不可见的控制字符或残缺的字符，请去掉后重试。',
  'Control characters or half a character are in it; take them out and try again.',
] as const;
