/** What axe-core finds on a page as it stands: the faults that keep a person out. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Serious and critical faults, each with the element; empty where there is none. Colours on their way to others are looked at when they are there. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(
    `for (const one of document.getAnimations()) if (one.effect?.getComputedTiming().endTime !== Infinity) one.finish()`,
  );
  await page.evaluate(source);
  const { violations } = await page.evaluate<Found>(`axe.run(document, { resultTypes: ['violations'] })`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
}
