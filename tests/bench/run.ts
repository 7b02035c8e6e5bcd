/** `npm run bench [-- intake] [-- options]`: verification.ts measures runs, intake.ts the reception of a layer. */
const [what, ...options] = process.argv.slice(2);
if (what === 'intake') {
  const { benchIntake } = await import('./intake.ts');
  await benchIntake(options, (line) => console.log(line));
} else await import('./verification.ts');
