/** The language chosen last, where the browser lets a page keep anything. */
const key = 'zhanbu.language';

export const languageStore = {
  read(): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be closed to the page; the first language it is
    }
  },
  write(language: string): void {
    try {
      localStorage.setItem(key, language);
    } catch {
      // the choice holds until the page is closed
    }
  },
};
