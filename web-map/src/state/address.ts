/** The run, the parcel and the question in the address bar, so that a link opens the same view again. */
import { type Question, questionAddress, readQuestion } from './filters.ts';

export interface Address {
  run: string | null;
  parcel: string | null;
  /** the parcel's place in the run, where the page knew it */
  place: number | null;
  question: Question;
  /** whether the address says which verdicts are wanted; else the run decides */
  verdictSaid: boolean;
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const { filters, sort, verdictSaid } = readQuestion(search);
  const place = Number(query.get('place') ?? Number.NaN);
  return {
    run: query.get('run'),
    parcel: query.get('parcel'),
    place: Number.isInteger(place) && place > 0 ? place : null,
    question: { filters, sort },
    verdictSaid,
  };
}

/** @returns the search part of the address, with what else stood in it kept */
export function writeAddress(search: string, address: Omit<Address, 'verdictSaid'>): string {
  const query = new URLSearchParams(search);
  const { run, parcel, place, question } = address;
  const texts = { run, parcel, place: place === null ? null : String(place), ...questionAddress(question) };
  for (const [key, value] of Object.entries(texts)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
