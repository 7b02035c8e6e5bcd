/** Builds the page where it was never built, or where a source is newer than the build. */
import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const built = `${here}dist/index.html`;
const sources = globSync(['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts', '../package-lock.json'], {
  cwd: here,
});
const newest = Math.max(...sources.map((file) => statSync(`${here}${file}`).mtimeMs));
if (!existsSync(built) || statSync(built).mtimeMs < newest) {
  await build({ root: here, configFile: `${here}vite.config.ts`, logLevel: 'warn' });
}
