/** `npm run bench [-- intake|page] [-- options]`: verification.ts measures runs, intake.ts the reception of a layer, page.ts the page. */
const [what, ...options] = process.argv.slice(2);
if (what === 'intake') {
  const { benchIntake } = await import('./intake.ts');
  await benchIntake(options, (line) => console.log(line));
} else if (what === 'page') {
  const { benchPage } = await import('./page.ts');
  await benchPage(options, (line) => console.log(line));
} else await import('./verification.ts');
