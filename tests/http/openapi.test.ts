import { afterAll, beforeAll, expect, it } from 'vitest';
import { onDatabase } from '../support/databases.ts';
import { plots } from './county.ts';
import { type Service, startService, upload } from './service.ts';

interface Operation {
  tags?: string[];
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: { properties?: object; additionalProperties?: boolean } }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}

onDatabase('embedded', 'the API description', (open) => {
  let service: Service;
  let document: {
    openapi: string;
    info: { title: string; version: string };
    paths: Record<string, Record<string, Operation>>;
  };
  beforeAll(async () => {
    service = await startService(await open(), { work: false });
    document = (await service.app.inject('/api/v1/openapi.json')).json();
  });
  afterAll(() => service.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is OpenAPI 3.1 and holds every call of the contract that this version serves', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.title).not.toBe('');
    const calls = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    for (const call of [
      'GET /api/v1/config',
      'GET /api/v1/checks',
      'GET /api/v1/layer-types',
      'POST /api/v1/layers',
      'GET /api/v1/layers',
      'GET /api/v1/layers/{layer_id}',
      'DELETE /api/v1/layers/{layer_id}',
      'GET /api/v1/layers/{layer_id}/features',
      'OPTIONS /api/v1/uploads',
      'POST /api/v1/uploads',
      'HEAD /api/v1/uploads/{upload_id}',
      'PATCH /api/v1/uploads/{upload_id}',
      'DELETE /api/v1/uploads/{upload_id}',
      'POST /api/v1/parcel-sets',
      'GET /api/v1/parcel-sets',
      'GET /api/v1/parcel-sets/{parcel_set_id}',
      'POST /api/v1/parcel-sets/{parcel_set_id}/withdraw',
      'GET /api/v1/project-registers/template',
      'POST /api/v1/project-registers',
      'GET /api/v1/project-registers',
      'GET /api/v1/project-registers/{register_id}',
      'GET /api/v1/project-registers/{register_id}/projects',
      'GET /api/v1/runs/{run_id}/projects',
      'GET /api/v1/parcel-sets/{parcel_set_id}/problems',
      'GET /api/v1/jobs/{job_id}',
      'GET /api/v1/jobs/{job_id}/events',
      'DELETE /api/v1/jobs/{job_id}',
      'POST /api/v1/runs',
      'GET /api/v1/runs',
      'GET /api/v1/runs/{run_id}',
      'GET /api/v1/runs/{run_id}/manifest',
      'GET /api/v1/runs/{run_id}/verdicts',
      'GET /api/v1/runs/{run_id}/verdicts/{parcel_id}',
      'GET /api/v1/runs/{run_id}/diff',
      'POST /api/v1/runs/{run_id}/replay',
      'GET /api/v1/runs/{run_id}/exports/{format}',
      'GET /api/v1/runs/{run_id}/facets',
      'POST /api/v1/runs/{run_id}/reviews',
      'POST /api/v1/reviews',
      'GET /api/v1/reviews',
      'GET /api/v1/reviews/{review_id}',
      'GET /api/v1/events',
      'POST /api/v1/attachments',
      'GET /api/v1/attachments/{attachment_id}',
      'GET /api/v1/attachments/{attachment_id}/content',
      'POST /api/v1/persons',
      'GET /api/v1/persons',
      'GET /api/v1/health/live',
      'GET /api/v1/health/ready',
    ]) {
      expect(calls).toContain(call);
    }
  });

  it('describes each call whole: a summary, a tag, its path parameters, an answer, and the problem', () => {
    for (const { path, method, operation } of operations()) {
      const name = `${method} ${path}`;
      expect(operation.summary, name).toBeTruthy();
      expect(operation.tags, name).toHaveLength(1);
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map((parameter) => parameter.name).sort(), name).toEqual(wanted.sort());
      for (const parameter of declared) expect(parameter.required, name).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, name).toMatch(/^([1-5]\d\d|default)$/);
        expect(response.description, name).toBeTypeOf('string');
      }
      if (!path.includes('health') && !path.endsWith('/events')) {
        expect(operation.responses['default']?.content, name).toHaveProperty(['application/problem+json']);
      }
    }
  });

  it('says of every body that unknown fields are refused', () => {
    for (const { path, method, operation } of operations()) {
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        expect(schema.additionalProperties, `${method} ${path}`).toBe(false);
      }
    }
    expect(Object.keys(document.paths['/api/v1/layers']?.['post']?.requestBody?.content ?? {})).toEqual([
      'multipart/form-data',
    ]);
    expect(Object.keys(document.paths['/api/v1/runs']?.['post']?.requestBody?.content ?? {})).toEqual([
      'application/json',
    ]);
  });

  it('is valid JSON Schema throughout: no keyword holds what it may not', () => {
    const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const schema = value as Record<string, unknown>;
      if (typeof schema['type'] === 'string' && !at.endsWith('/properties'))
        expect(types, at).toContain(schema['type']);
      if ('required' in schema && Array.isArray(schema['required'])) {
        const properties = Object.keys((schema['properties'] as object | undefined) ?? {});
        for (const name of schema['required']) expect(properties, at).toContain(name);
      }
      if (typeof schema['pattern'] === 'string')
        expect(() => new RegExp(schema['pattern'] as string, 'u'), at).not.toThrow();
      for (const [key, child] of Object.entries(schema)) if (key !== 'examples') visit(child, `${at}/${key}`);
    };
    visit(document.paths, '#/paths');
  });

  it('agrees with what is answered', async () => {
    const { default: schemaCompiler } = await import('typebox/schema');
    await upload(service, '/parcel-sets', { name: 'a.geojson', data: plots(1) });
    const accepted = await upload(service, '/layers', { name: 'b.geojson', data: plots(1) }, { type: 'boundary' });
    const answers: [string, string, { statusCode: number; json(): unknown }][] = [
      ['post', '/api/v1/layers', accepted],
      ['get', '/api/v1/jobs/{job_id}', await service.app.inject(`/api/v1/jobs/${accepted.json().job_id}`)],
      [
        'delete',
        '/api/v1/jobs/{job_id}',
        await service.app.inject({ method: 'DELETE', url: `/api/v1/jobs/${accepted.json().job_id}` }),
      ],
      ['get', '/api/v1/jobs/{job_id}', await service.app.inject(`/api/v1/jobs/${accepted.json().job_id}`)],
      ...(await Promise.all(
        [
          '/checks',
          '/layer-types',
          '/config',
          '/layers',
          '/parcel-sets',
          '/project-registers',
          '/runs',
          '/reviews',
          '/events',
          '/persons',
          '/health/live',
          '/health/ready',
        ].map(
          async (path): Promise<[string, string, { statusCode: number; json(): unknown }]> => [
            'get',
            `/api/v1${path}`,
            await service.app.inject(`/api/v1${path}`),
          ],
        ),
      )),
    ];
    for (const [method, path, answer] of answers) {
      const schema =
        document.paths[path]?.[method]?.responses[answer.statusCode]?.content?.['application/json']?.schema;
      expect(schema, `${method} ${path} ${answer.statusCode}`).toBeDefined();
      expect(schemaCompiler.Errors(schema as never, answer.json() as never)[1], `${method} ${path}`).toEqual([]);
    }
  });
});
