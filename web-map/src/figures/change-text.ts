/** Why a parcel is judged otherwise than in another run, as sentences; and by how much its books moved. Pure. */
import type { DiffCause, DiffItem, LayerVersion } from '../api/run-types.ts';
import { printed } from './area.ts';
import { type BookName, printedBooks } from './books.ts';
import { withUnit } from './run-plan.ts';
import type { Translate } from './sentence.ts';
import { timeText } from './time.ts';

export interface CauseWords {
  t: Translate;
  titleOf: (checkId: string) => string;
  layerTitleOf: (type: string) => string;
  paramOf: (check: string, key: string) => { title: string; unit: string };
  layer: (id: string) => LayerVersion | undefined;
}

export function causeText(cause: DiffCause, words: CauseWords): string {
  const { t } = words;
  const { before, after } = cause;
  switch (cause.cause) {
    case 'layer-version': {
      const title = words.layerTitleOf(cause.type ?? '');
      const layer = cause.type === 'land-use' && cause.year ? t('legend.year', { title, year: cause.year }) : title;
      const version = (id: unknown) => {
        const known = words.layer(String(id));
        return known ? t('newRun.version', { name: known.name, time: timeText(known.created_at) }) : String(id);
      };
      if (!before) return t('compare.cause.layerNew', { layer, after: version(after) });
      if (!after) return t('compare.cause.layerGone', { layer, before: version(before) });
      return t('compare.cause.layer', { layer, before: version(before), after: version(after) });
    }
    case 'parameter': {
      const { title, unit } = words.paramOf(cause.check ?? '', cause.key ?? '');
      const value = (one: unknown) => (one === null || one === undefined ? '—' : withUnit(String(one), unit));
      const check = words.titleOf(cause.check ?? '');
      return t('compare.cause.parameter', { check, title, before: value(before), after: value(after) });
    }
    case 'check-version':
      return t('compare.cause.check', { check: words.titleOf(cause.check ?? ''), before, after });
    case 'parcel-attributes': {
      const list = (cause.attributes ?? []).map((one) => t(`compare.attribute.${one}`)).join(t('panel.sentence.comma'));
      return t('compare.cause.attributes', { list });
    }
    case 'engine': {
      const list = Object.entries(cause.engines ?? {}).map(
        ([name, one]) => `${name} ${one.before ?? '—'} → ${one.after ?? '—'}`,
      );
      return t('compare.cause.engine', { list: list.join('; ') });
    }
    case 'parcel-geometry':
      return t('compare.cause.geometry');
    case 'project-register':
      return t('compare.cause.register');
    case 'neighbour':
      return t('compare.cause.neighbour');
    default:
      return t('compare.cause.unexplained');
  }
}

export interface Moved {
  book: BookName;
  before: string;
  after: string;
  /** with its sign */
  by: string;
}

const m2Of = (text: string) => Number(text.replaceAll(',', ''));

/**
 * The areas of a parcel that moved, in m²; none where one of the runs does not have it. Both sides are closed books, and the moves are of
 * what is printed: whoever adds them up finds the same.
 */
export function movedBooks({ before, after }: DiffItem): Moved[] {
  if (!before || !after) return [];
  const now = printedBooks(after);
  return printedBooks(before).flatMap((row, i) => {
    const [then, come] = [row.m2, now[i]!.m2];
    const off = m2Of(come) - m2Of(then);
    return then === come
      ? []
      : [{ book: row.book, before: then, after: come, by: `${off > 0 ? '+' : ''}${printed(off, 2)}` }];
  });
}
