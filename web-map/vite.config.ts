/** Builds the page into web-map/dist; the server serves that folder at `/`. Relative paths, so that a proxy may put it under a prefix. */
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: true, // Element Plus has a few components in the options style
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // the polyfill is an inline script in some setups, and every browser with WebGL 2 preloads modules by itself
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // nothing as data: URL, so that a strict content policy holds
    chunkSizeWarningLimit: 1200, // maplibre-gl alone is 1.1 MB before gzip and is loaded by itself
    reportCompressedSize: false,
  },
  // maplibre's worker is an ES module of its own
  worker: { format: 'es' },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8080' } },
});
