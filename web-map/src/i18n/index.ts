/** The two languages: Chinese first, the choice kept in the browser. */
import { createI18n } from 'vue-i18n';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

export const languages = [
  { id: 'zh-CN', name: '中文' },
  { id: 'en', name: 'English' },
] as const;
export type Language = (typeof languages)[number]['id'];

export function isLanguage(value: unknown): value is Language {
  return languages.some(({ id }) => id === value);
}

export function createMessages(locale: Language) {
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'zh-CN',
    // codes without a word are shown as they came; that no text is missing is a test's to say
    missingWarn: false,
    fallbackWarn: false,
    messages: { 'zh-CN': zhCN, en },
  });
}

/** The text of a registry or a problem in the language of the page; plain strings are as they are. */
export function textIn(locale: string, text: { zh: string; en: string } | string | null | undefined): string {
  if (text === null || text === undefined) return '';
  if (typeof text === 'string') return text;
  return locale === 'zh-CN' ? text.zh : text.en;
}
