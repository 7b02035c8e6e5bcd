/** The bytes of the chosen file on their way: sent once, then named by their upload's id as often as they are asked about. */
import { ref, shallowRef } from 'vue';
import type { SendFile, Sending, SendState } from '../api/send-file.ts';

export type Sender = ReturnType<typeof createSender>;

/** @param drop tells the server that an upload is not wanted any more */
export function createSender(send: SendFile, drop: (uploadId: string) => Promise<unknown>) {
  /** null: nothing is under way */
  const state = shallowRef<SendState | null>(null);
  const uploadId = ref<string | null>(null);
  let current: (Sending & { giveUp(): void }) | null = null;

  function begin(file: File): Sending {
    const over = new AbortController();
    const sending = send(file, {
      signal: over.signal,
      changed: (now) => {
        if (!over.signal.aborted) state.value = now;
      },
    });
    const mine = { ...sending, giveUp: () => over.abort() };
    current = mine;
    const ended = () => {
      if (current === mine) [current, state.value] = [null, null];
    };
    mine.done.then((id) => {
      if (current === mine) uploadId.value = id;
      ended();
    }, ended);
    return mine;
  }

  /** The id of the whole upload, waited for where it is not whole yet. Who stops waiting does not stop the bytes. */
  function whole(file: File, signal: AbortSignal): Promise<string> {
    if (uploadId.value !== null) return Promise.resolve(uploadId.value);
    const { done } = current ?? begin(file);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      done.then(resolve, reject);
    });
  }

  return {
    state,
    uploadId,
    whole,
    pause: () => current?.pause(),
    goOn: () => current?.goOn(),
    /** the server has none by this id any more: it must be sent anew */
    lost: () => {
      uploadId.value = null;
    },
    /** nobody wants it any more, here or there */
    forget(): void {
      current?.giveUp();
      if (uploadId.value !== null) void drop(uploadId.value).catch(() => undefined);
      [uploadId.value, state.value, current] = [null, null, null];
    },
  };
}
