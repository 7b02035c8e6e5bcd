/** With what a map is drawn here, and how calmly it is wished. */

/** what the drivers call themselves that draw WebGL without a graphics chip: Chromium's, Mesa's, Windows' */
const drivers = /swiftshader|llvmpipe|softpipe|basic render/i;

/**
 * True where the processor draws WebGL: a desk reached remotely, a machine without a driver. Smoothing edges by four samples a pixel then
 * took a seventh of the CPU of 31 pages, 112 s with it and 96 without; a graphics chip does it for nothing.
 */
export function isDrawnByProcessor(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  const names = context?.getExtension('WEBGL_debug_renderer_info');
  const driver: unknown = names && context?.getParameter(names.UNMASKED_RENDERER_WEBGL);
  // a browser keeps some sixteen contexts: this one is given back
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return drivers.test(String(driver));
}

/** True where the reader asks the system for less motion: then nothing on the map fades in, for 0.3 s each time. */
export const wantsNoMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
