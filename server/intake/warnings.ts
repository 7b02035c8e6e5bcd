/** Warnings of one kind said once, with how often and where first, so that 500,000 rows cannot make 500,000 warnings. */
import type { Sentence, Where } from '../errors.ts';
import type { Warning } from './source-types.ts';

export class WarningTally {
  readonly #found = new Map<string, { code: string; count: number; where: Where; say: (count: number) => Sentence }>();

  /** `topic` keeps warnings of one code apart (say, by field); `say` gets the final count. */
  add(code: string, topic: string, where: Where, say: (count: number) => Sentence): void {
    const key = `${code}\0${topic}`;
    const known = this.#found.get(key);
    if (known) known.count++;
    else this.#found.set(key, { code, count: 1, where, say });
  }

  list(): Warning[] {
    return [...this.#found.values()].map(({ code, count, where, say }) => ({ code, message: say(count), where }));
  }
}

/** files that are told one by one; of more the first is told, and how many are like it */
const filesTold = 3;

/** The same said of many files of one upload is said once: 53 texts without a head would make 53 warnings, and nobody reads the 54th. */
export function gathered(warnings: readonly Warning[]): Warning[] {
  const byCode = Map.groupBy(warnings, ({ code }) => code);
  return warnings.flatMap((warning) => {
    const like = byCode.get(warning.code)!;
    const files = new Set(like.map(({ where }) => where?.file));
    // once a file, and of many files
    if (like.length <= filesTold || files.size < like.length || files.has(undefined)) return [warning];
    if (warning !== like[0]) return [];
    const others = [...files].slice(1) as string[];
    const list = others.slice(0, filesTold);
    const more = others.length > list.length;
    return [
      {
        code: warning.code,
        message: {
          zh: `${warning.message.zh}另有 ${others.length} 个文件同样（${list.join('、')}${more ? '…' : ''}）。`,
          en: `${warning.message.en} The same of ${others.length} more files (${list.join(', ')}${more ? ' …' : ''}).`,
        },
        where: { ...warning.where, candidates: [...files].slice(0, 50) as string[] },
      },
    ];
  });
}
