/** The page at `/`: the built web map, or, before it is built, a line saying how to build it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { type Basemap, hostsOf } from '../../domain/basemaps.ts';
import type { App } from '../context.ts';
import { safeHeaders } from './safe-headers.ts';

/** No other host is asked for anything but the pictures of basemaps that are set; nothing is inline; maplibre's worker is a file of ours. */
const contentSecurityPolicy = (hosts: string[]) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    ["img-src 'self' data: blob:", ...hosts].join(' '),
    "font-src 'self'",
    ["connect-src 'self'", ...hosts].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export async function servePage(app: App, basemaps: readonly Basemap[], folder: string): Promise<void> {
  const headers = { ...safeHeaders, 'content-security-policy': contentSecurityPolicy(hostsOf(basemaps)) };
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply
        .headers({ ...headers, 'cache-control': 'no-cache' })
        .type('text/html; charset=utf-8')
        .send(notBuilt),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    index: 'index.html',
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      // vite puts a hash of the content into the names under assets/
      const hashed = path.startsWith(join(folder, 'assets'));
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

const notBuilt = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>占补核查</title>
<h1>占补核查</h1>
<p>服务已启动，网页尚未构建。请在项目目录执行 <code>npm run build:web</code>，再重启服务。</p>
<p lang="en">The service is up; the page is not built yet. Run <code>npm run build:web</code> in the project folder and start again.</p>
<p><a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p>
`;
