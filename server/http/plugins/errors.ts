/** Every way a request can fail, answered in one shape (CONTRACT §6). */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, languageOf } from '../context.ts';
import { languageTag } from '../language.ts';
import { type HttpFault, httpFaultOf, problemBody } from '../problem.ts';
import { safeHeaders } from './safe-headers.ts';

export const problemType = 'application/problem+json; charset=utf-8';

export function answerErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) => send({ code: 'not-found', detail: nothingHere }, request, reply));
}

/** Before a request has a route (a URL that cannot be decoded): Fastify asks here instead of the error handler. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = httpFaultOf(error);
  if (fault.unforeseen) request.log.error({ err: error }, 'request failed');
  return send(fault, request, reply);
}

function send(fault: HttpFault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageOf(request);
  const body = problemBody(fault, language, request.id);
  if (body.code === 'busy') reply.header('retry-after', '3');
  // the rest of a body nobody will read: the connection is not worth keeping
  if (!request.raw.complete) reply.header('connection', 'close');
  return reply
    .code(body.status)
    .headers({
      'x-request-id': request.id,
      'content-language': languageTag[language],
      vary: 'Accept-Language',
      'cache-control': 'no-store',
      ...safeHeaders,
    })
    .type(problemType)
    .send(JSON.stringify(body));
}

/** 405 with Allow for a known address asked by another method; to be called when all routes are there. */
export function refuseOtherMethods(app: App, routes: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, known] of routes) {
    const allow = [...known].sort().join(', ');
    const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'].filter((name) => !known.has(name));
    app.route({
      method,
      url,
      schema: { hide: true },
      // answered before any body is read
      onRequest: async (request, reply) =>
        send({ code: 'validation', status: 405, detail: otherMethod(allow) }, request, reply.header('allow', allow)),
      handler: async () => undefined,
    });
  }
}

/** What is no HTTP, or not in time, never becomes a request: answered on the socket. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    refuseOnSocket(socket, { code: 'validation', status: 408, detail: tooSlow });
  else if (error.code === 'HPE_HEADER_OVERFLOW')
    refuseOnSocket(socket, { code: 'too-large', status: 431, detail: headersTooLarge });
  else refuseOnSocket(socket, { code: 'validation', status: 400, detail: noHttp });
}

export function refuseOnSocket(socket: Socket, fault: HttpFault): void {
  const requestId = crypto.randomUUID();
  const body = problemBody(fault, 'zh', requestId);
  const text = JSON.stringify(body);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
        Object.entries(safeHeaders)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('') +
        `X-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}

const nothingHere = {
  zh: '没有这个地址。接口清单见 /api/v1/openapi.json。',
  en: 'There is nothing at this address. /api/v1/openapi.json lists the calls.',
};
const otherMethod = (allow: string) => ({ zh: `这个地址只接受：${allow}。`, en: `This address takes only: ${allow}.` });
export const tooSlow = {
  zh: '请求在时限内没有收完，请检查网络后重试。',
  en: 'The request did not arrive in time; check the network and try again.',
};
const headersTooLarge = {
  zh: '请求头过大，请减少请求头后重试。',
  en: 'The request headers are too large; send fewer.',
};
const noHttp = { zh: '收到的不是有效的 HTTP 请求。', en: 'This is not a valid HTTP request.' };
