/** The built page on the real service, for a suite: a county to prepare, and a browser that then shows it. */
import type { Browser, Page } from 'playwright-core';
import type { Database } from '../../server/database/connect.ts';
import { ReviewedCounty } from '../http/reviewing.ts';
import { listen, startService } from '../http/service.ts';
import { type OpenPage, openPage, patience, startBrowser } from './browser.ts';
import { builtPage } from './fixture-server.ts';

export class CountyPage {
  readonly county: ReviewedCounty;
  readonly url: string;
  readonly browser: Browser;
  /** the page shown last, with what it noted */
  opened!: OpenPage;

  private constructor(county: ReviewedCounty, url: string, browser: Browser) {
    this.county = county;
    this.url = url;
    this.browser = browser;
  }

  static async start(database: Database): Promise<CountyPage> {
    await import('../../web-map/build-if-stale.ts');
    const county = new ReviewedCounty(await startService(database, { pageFolder: builtPage }));
    const { url } = await listen(county.service);
    return new CountyPage(county, url, await startBrowser());
  }

  /** @param path as `/?run=…` */
  async show(path: string): Promise<Page> {
    this.opened = await openPage(this.browser, `${this.url}${path}`);
    this.opened.page.setDefaultTimeout(patience.timeout);
    return this.opened.page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.county.service.close();
  }
}
