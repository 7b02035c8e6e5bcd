/** The keys of a reviewer's day, wherever the focus is but in a field: next and previous, confirm and reject, undo. */
import { onBeforeUnmount, onMounted } from 'vue';
import type { Workspace } from '../state/workspace.ts';

const fields = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog';

export function useReviewKeys({ shown, step, decisions }: Workspace): void {
  const acts: Record<string, () => void> = {
    j: () => void step(1),
    k: () => void step(-1),
    c: () => decisions.begin('confirmed'),
    r: () => decisions.begin('rejected'),
    u: () => void decisions.undo.start(),
  };

  function onKey(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (shown.value === null || event.defaultPrevented || target?.closest(fields)) return;
    // under a dialog nothing can take the focus
    if (document.querySelector('dialog[open]')) return;
    const undoes = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!undoes && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const act = acts[undoes ? 'u' : event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}
