/** What routes are given: the app's parts, and the reader's language of a request. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import type { Jobs } from '../jobs/queue.ts';
import { type Language, preferredLanguage } from './language.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface AppDeps {
  database: Database;
  config: Config;
  jobs: Jobs;
  uploads: Uploads;
  /** aborted when the app closes: answers without an end (SSE) end then */
  closing: AbortSignal;
}

/** Requests have the types of their schemas; answers are typed where they are made and checked against their schemas in the tests. */
interface Schemas extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: unknown;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  Schemas
>;

export function languageOf(request: FastifyRequest): Language {
  return preferredLanguage(request.headers['accept-language']);
}
