/// <reference types="vite/client" />

declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent;
  export default component;
}

/** shpjs brings no types; of it only this is used. */
declare module 'shpjs' {
  export function parseZip(bytes: ArrayBuffer): Promise<unknown>;
}
