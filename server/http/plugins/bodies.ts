/** How bodies are read that are no uploads. */
import type { App } from '../context.ts';

/**
 * JSON, and nothing at all where a call takes no body: many clients send `Content-Type: application/json` with every POST and
 * DELETE, also with those that say nothing.
 */
export function readBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.routeOptions.schema?.body === undefined) done(null);
    else parse(request, body as string, done);
  });
}
