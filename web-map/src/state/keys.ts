/** What the root gives to every component below it. */
import { type InjectionKey, inject } from 'vue';
import type { Workspace } from './workspace.ts';

export const workspaceKey: InjectionKey<Workspace> = Symbol('workspace');

export function useWorkspace(): Workspace {
  const workspace = inject(workspaceKey);
  if (!workspace) throw new Error('no workspace above this component');
  return workspace;
}
