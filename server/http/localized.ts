/** Sentences kept in both languages become one in the reader's, wherever they stand inside a value. */
import type { Language } from './language.ts';

export function localized<T>(value: T, language: Language): T;
export function localized(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((item) => localized(item, language));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const keys = Object.keys(value);
  if (keys.length === 2 && isSentence(value)) return value[language];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, localized(item, language)]));
}

function isSentence(value: object): value is Record<Language, string> {
  const { zh, en } = value as { zh?: unknown; en?: unknown };
  return typeof zh === 'string' && typeof en === 'string';
}
