/** The two languages of the product. Chinese is what answers when nothing else was asked for (CONTRACT §6). */
export type Language = 'zh' | 'en';

export const languageTag: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

/** Reads Accept-Language (RFC 9110 §12.5.4): the one of ours with the greatest q; zh on a tie, on `*` and on nonsense. */
export function preferredLanguage(header: string | undefined): Language {
  const weight: Record<Language, number> = { zh: 0, en: 0 };
  for (const range of (header ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = tag.split('-')[0];
    if (language !== 'zh' && language !== 'en') continue;
    const q = parameters.map((p) => /^\s*q=([0-9.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined);
    const value = q === undefined ? 1 : Number(q);
    if (value > weight[language]) weight[language] = value;
  }
  return weight.en > weight.zh ? 'en' : 'zh';
}
