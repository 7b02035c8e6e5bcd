/** Request ids, headers every answer carries, and the time a body may take. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors.ts';
import type { App } from '../context.ts';
import { refuseOnSocket, tooSlow } from './errors.ts';
import { safeHeaders } from './safe-headers.ts';

/** ms for a body that is no upload: at most 1 MB of JSON */
const bodyMs = 30_000;

/** The caller's own id where it is a sane one, so that its log and ours can be laid side by side. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** these take as long as the line needs */
const isUpload = (type = '') => type.startsWith('multipart/') || type === 'application/offset+octet-stream';

export function guardRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...safeHeaders });
    // Another site's page in a clerk's browser could send forms to a service on the same machine; reading is kept from it by the browser.
    if (request.headers['sec-fetch-site'] === 'cross-site' && request.method !== 'GET' && request.method !== 'HEAD')
      throw crossSite();
    if (request.raw.complete || isUpload(request.headers['content-type'])) return;
    const timer = setTimeout(() => {
      if (!request.raw.complete && !reply.raw.headersSent)
        refuseOnSocket(request.raw.socket, { code: 'validation', status: 408, detail: tooSlow });
    }, bodyMs);
    request.raw.once('close', () => clearTimeout(timer));
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

const crossSite = () =>
  new AppError('forbidden', {
    zh: '不接受其他网站页面发来的修改请求，请在本系统页面内操作。',
    en: 'Changes asked for by a page of another site are refused; use the page of this service.',
  });
