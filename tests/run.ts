/**
 * `npm test`: everything that this machine has the parts for. `--install`, or root with CI=true, first brings missing parts by apt.
 * Other arguments go on to vitest (paths, -t name). The very last line is `N passed, N failed` (`, N skipped` where any were).
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Part, parts } from './support/part-list.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const isRoot = process.getuid?.() === 0;
const isCi = process.env['CI'] === 'true';
const args = process.argv.slice(2);
const passOn = args.filter((arg) => arg !== '--install');
const ownGroup = process.platform !== 'win32';
/** on two cores; the whole check may take 40, of which installing, types and lint take one and a half */
const longestMinutes = 38;
const allParts = Object.keys(parts) as Part[];

if (args.includes('--install') || (isRoot && isCi)) install(allParts.filter((part) => !parts[part].isHere()));
const missing = allParts.filter((part) => !parts[part].isHere());

const withBrowser = wantsBrowser(passOn) && globSync('tests/browser/**/*.test.ts', { cwd: root }).length > 0;
if (withBrowser) {
  const built = spawnSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'web-map'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (built.status !== 0) console.error('The web map did not build; its browser suites will fail.');
}

const reportFolder = mkdtempSync(join(tmpdir(), 'zhanbu-report-'));
const reportFile = join(reportFolder, 'report.json');
const code = await runVitest();
const total = readReport();
rmSync(reportFolder, { recursive: true, force: true });

if (total.skippedNames.length > 0) {
  console.log(`\nSkipped:\n${total.skippedNames.map((name) => `  ${name}`).join('\n')}`);
  if (missing.length > 0) console.log(`Missing here: ${missing.join(', ')}. To bring them:\n  ${aptLine(missing)}`);
  if (isCi) console.log('With CI=true a skipped test counts as failed.');
}
let failed = total.failed + (isCi ? total.skipped : 0);
if (code !== 0 && failed === 0) {
  console.log(
    `The test run itself ended with ${code} though no test failed: an error outside a test, or nothing to run.`,
  );
  failed = 1;
}
console.log(`${total.passed} passed, ${failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * Vitest leads a process group of its own, so that whatever a failed test left running ends with the run: one such process held the
 * output open and a whole check waited for it. A run that hangs is ended too, long past what it takes on two cores.
 */
function runVitest(): Promise<number> {
  const vitest = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      ...passOn,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ZHANBU_BROWSER: withBrowser ? '1' : '0' },
      detached: ownGroup,
    },
  );
  const endGroup = (signal: NodeJS.Signals) => {
    try {
      if (ownGroup && vitest.pid !== undefined) process.kill(-vitest.pid, signal);
      else vitest.kill(signal);
    } catch {
      // nothing of it is left
    }
  };
  process.on('SIGINT', () => endGroup('SIGINT'));
  process.on('SIGTERM', () => endGroup('SIGTERM'));
  const tooLong = setTimeout(() => {
    console.error(`The tests did not end within ${longestMinutes} minutes and are stopped.`);
    endGroup('SIGKILL');
  }, longestMinutes * 60_000);
  return new Promise((resolve) =>
    vitest.on('exit', (exitCode) => {
      clearTimeout(tooLong);
      endGroup('SIGKILL');
      resolve(exitCode ?? 1);
    }),
  );
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

function readReport(): { passed: number; failed: number; skipped: number; skippedNames: string[] } {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: 0, skipped: 0, skippedNames: [] };
  }
  // A file that fails to load, or whose hook fails, has no failed test in it and must still be counted.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  // With -t, whatever the name does not fit is reported as skipped too; that is a choice, not a lack.
  const chosen = passOn.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));
  const idle = chosen
    ? []
    : report.testResults
        .flatMap((file) => file.assertionResults)
        .filter((test) => !['passed', 'failed'].includes(test.status));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: idle.length,
    skippedNames: [...new Set(idle.map((test) => test.ancestorTitles[0] ?? test.title))].sort(),
  };
}

function wantsBrowser(given: string[]): boolean {
  const paths = given.filter(
    (arg, at) => !arg.startsWith('-') && !['-t', '--testNamePattern'].includes(given[at - 1] ?? ''),
  );
  return paths.length === 0 || paths.some((path) => path.includes('browser'));
}

function install(lacking: Part[]): void {
  if (lacking.length === 0) return;
  console.log(`Installing what is missing: ${lacking.join(', ')}`);
  const result = spawnSync('sh', ['-c', aptLine(lacking)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status !== 0) console.error('apt did not install everything; the suites concerned will say so.');
}

function aptLine(lacking: Part[]): string {
  const sudo = isRoot ? '' : 'sudo ';
  const packages = [...new Set(lacking.flatMap((part) => parts[part].packages))];
  const apt = `${sudo}apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300`;
  return `${apt} update && ${apt} install -y --no-install-recommends ${packages.join(' ')}`;
}
