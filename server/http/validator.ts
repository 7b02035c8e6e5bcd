/**
 * Requests are checked by the same typebox schemas that give the types and the OpenAPI document. A body is taken as it
 * stands; in a query or a path everything arrives as text, so there, and only there, whole decimal numbers and
 * true/false are read: nothing is rounded, defaulted or dropped, and a parameter given twice is refused.
 */
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {};
  return (value: unknown) => {
    const read = httpPart === 'body' ? value : withNumbers(value, properties);
    return compiled.Check(read) ? { value: read } : { error: compiled.Errors(read) as never };
  };
};

function withNumbers(value: unknown, properties: Record<string, { type?: string }>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, fromText(text, properties[key]?.type)]));
}

function fromText(text: unknown, type: string | undefined): unknown {
  if (typeof text !== 'string') return text;
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
