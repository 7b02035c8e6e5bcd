/** Who decides: chosen at first use, kept in this browser until accounts take over. */
import { ref, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { Person } from '../api/review-types.ts';
import { createTask } from './task.ts';

const key = 'zhanbu.person';

export const personStore = {
  read(): Person | null {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Person> | null;
      if (typeof kept?.person_id !== 'string' || typeof kept.name !== 'string') return null;
      return { person_id: kept.person_id, name: kept.name, office: kept.office ?? null };
    } catch {
      return null; // storage is closed to the page, or holds something else
    }
  },
  write(person: Person): void {
    try {
      localStorage.setItem(key, JSON.stringify(person));
    } catch {
      // the choice holds until the page is closed
    }
  },
};

export type Who = ReturnType<typeof createWho>;

export function createWho(api: ApiClient, store: Pick<typeof personStore, 'read' | 'write'> = personStore) {
  const person = shallowRef<Person | null>(store.read());
  /** the dialog that asks is open */
  const asking = ref(false);
  const persons = shallowRef<Person[]>([]);
  let answer: ((person: Person | null) => void) | null = null;

  const list = createTask(async (signal) => {
    persons.value = await api.persons(signal);
  });
  const register = createTask(async (signal, name: string, office: string) => {
    choose(await api.addPerson({ name, ...(office === '' ? {} : { office }) }, signal));
  });

  function choose(chosen: Person): void {
    person.value = chosen;
    store.write(chosen);
    close(chosen);
  }

  /** Opens the dialog. @returns who was chosen, null where it was left */
  function ask(): Promise<Person | null> {
    close(null);
    asking.value = true;
    void list.start();
    return new Promise((resolve) => {
      answer = resolve;
    });
  }

  function close(chosen: Person | null = null): void {
    asking.value = false;
    answer?.(chosen);
    answer = null;
  }

  /** Whoever was chosen before, else whoever is chosen now. */
  const known = async (): Promise<Person | null> => person.value ?? ask();

  return { person, asking, persons, list, register, choose, ask, known, close };
}
