import { describe, expect, test } from 'vitest';
import type { ApiClient } from '../../web-map/src/api/client.ts';
import { fileMark } from '../../web-map/src/api/file-mark.ts';
import type { DryRun, Reading } from '../../web-map/src/api/intake-types.ts';
import { ApiProblem } from '../../web-map/src/api/problem.ts';
import { placeText } from '../../web-map/src/figures/place.ts';
import { createMessages } from '../../web-map/src/i18n/index.ts';
import { placed } from '../../web-map/src/map/instant-shapes.ts';
import { ringsOf } from '../../web-map/src/map/preview-style.ts';
import { frameOf } from '../../web-map/src/map/shapes.ts';
import { createIntake, readingOf } from '../../web-map/src/state/intake.ts';

const ring = (x: number, y: number, size: number) => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];
function shapes(x: number, y: number, size: number) {
  const geometries = [{ type: 'Polygon' as const, coordinates: [ring(x, y, size)] }];
  return { geometries, frame: frameOf(geometries)!, planar: x > 180 };
}

describe('shapes that the browser reads itself', () => {
  test('are where they are, in lon/lat', () => {
    expect(placed(shapes(108.8, 28.8, 0.001), undefined)).toEqual(shapes(108.8, 28.8, 0.001).geometries);
  });

  test('come from the plane of the system that was decided or chosen: on its meridian at 500 km', () => {
    const [moved] = placed(shapes(500_000, 3_187_000, 0), 4545);
    const [lon, lat] = (moved!.coordinates as [number, number][][])[0]![0]!;
    expect(lon).toBeCloseTo(108, 9);
    expect(lat).toBeGreaterThan(28.7);
    expect(lat).toBeLessThan(28.9);
  });

  test('are drawn without one only where the zone says it, and never in two places', () => {
    expect(placed(shapes(36_500_000, 3_187_000, 100), undefined)).toHaveLength(1);
    expect(placed(shapes(580_500, 3_187_000, 100), undefined)).toEqual([]);
    expect(placed(shapes(580_500, 3_187_000, 100), 4490)).toEqual([]);
    expect(placed(null, 4490)).toEqual([]);
  });
});

test('a ring that crosses itself is drawn as a line, holes and parts too', () => {
  const tie = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ];
  const lines = ringsOf([
    { type: 'Polygon', coordinates: [tie] },
    { type: 'MultiPolygon', coordinates: [[tie, ring(2, 2, 1)], [ring(5, 5, 1)]] },
  ]).features.map(({ geometry }) => geometry.coordinates);
  expect(lines).toEqual([[tie], [tie, ring(2, 2, 1), ring(5, 5, 1)]]);
});

describe('the place of a fault', () => {
  const { t } = createMessages('zh-CN').global;
  test('is told as far as it is known', () => {
    expect(placeText({ file: 'a.zip', row: 3, field: 'DKBH' }, t)).toBe('文件 a.zip，第 3 行，字段 DKBH');
    expect(placeText({ lon: 108.8045, lat: 28.8005 }, t)).toBe('经度 108.8045000、纬度 28.8005000');
    expect(placeText({ rows: Array.from({ length: 40 }, (_, i) => i + 1) }, t)).toMatch(/^第 1、2、.*12 行等 40 行$/);
    expect(placeText({ candidates: ['x'] }, t)).toBe('');
  });
});

/** A server whose dry run takes as many looks as asked for. */
function server(looks: number) {
  const sent: { reading: Reading; dryRun: boolean; uploadId: string }[] = [];
  const files: File[] = [];
  const dropped: string[] = [];
  const cancelled: string[] = [];
  let left = looks;
  const result = {
    parcel_set_id: 's',
    report: { preview: [{ attributes: { DKBH: '1' } }], problems: [], problem_count: 0 },
    decisions: { crs: { srid: 4490 } },
  } as unknown as DryRun;
  const api = {
    sendFile: (given: File) => {
      files.push(given);
      return { done: Promise.resolve(`upload-${files.length}`), pause() {}, goOn() {} };
    },
    dropUpload: async (uploadId: string) => void dropped.push(uploadId),
    uploadParcels: async (uploadId: string, reading: Reading, { dryRun }: { dryRun: boolean }) => {
      sent.push({ reading, dryRun, uploadId });
      return { job_id: `job-${sent.length}`, parcel_set_id: 's' };
    },
    job: async (job_id: string) =>
      left-- > 0 ? { job_id, state: 'running', progress: 0.5 } : { job_id, state: 'succeeded', progress: 1, result },
    followJob: () => new Promise((resolve) => setTimeout(resolve, 5)),
    cancelJob: async (jobId: string) => void cancelled.push(jobId),
    parcelSet: async () => ({ parcel_set_id: 's', created_at: '2024-01-01T00:00:00Z' }),
  } as unknown as ApiClient;
  return { api, sent, cancelled, files, dropped };
}
const file = () => new File(['{}'], 'a.geojson');
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 5_000 }).toBe(true);

describe('a file on its way in', () => {
  test('says only what the person changed', () => {
    const none = { srid: null, encoding: null, sublayer: null, regionCode: ' ', areaUnit: null, fields: {} };
    expect(readingOf(none)).toEqual({});
    expect(readingOf({ ...none, srid: 4545, areaUnit: 'mu', fields: { parcel_id: 'BH' } })).toEqual({
      srid: 4545,
      area_unit: 'mu',
      field_map: { parcel_id: 'BH' },
    });
  });

  test('is stored as it was looked at, whatever was changed afterwards', async () => {
    const { api, sent, files, dropped } = server(0);
    const intake = createIntake(api, async () => null);
    intake.choose(file());
    await until(() => intake.report.value !== null);
    intake.wanted.srid = 4545;
    expect(intake.changed.value).toBe(true);
    await intake.look.start();
    expect(intake.changed.value).toBe(false);
    intake.wanted.srid = 4524;
    await intake.store.start();
    expect(sent.map(({ dryRun, reading }) => [dryRun, reading.srid])).toEqual([
      [true, undefined],
      [true, 4545],
      [false, 4545],
    ]);
    expect(intake.stored.value?.parcel_set_id).toBe('s');
    // the bytes travelled once, and the server may let them go afterwards
    expect(files).toHaveLength(1);
    expect(new Set(sent.map(({ uploadId }) => uploadId))).toEqual(new Set(['upload-1']));
    intake.leave();
    expect(dropped).toEqual(['upload-1']);
  });

  test('is sent again, once, where the server has let its bytes go', async () => {
    const { api, sent, files } = server(0);
    const ask = api.uploadParcels;
    const gone = new Set(['upload-1']);
    api.uploadParcels = async (uploadId, reading, options) => {
      if (gone.has(uploadId)) throw new ApiProblem({ code: 'not-found', status: 404, where: { field: 'upload_id' } });
      return ask(uploadId, reading, options);
    };
    const intake = createIntake(api, async () => null);
    intake.choose(file());
    await until(() => intake.report.value !== null);
    expect([files.length, sent.map(({ uploadId }) => uploadId)]).toEqual([2, ['upload-2']]);
    for (const n of [2, 3, 4]) gone.add(`upload-${n}`);
    await intake.store.start();
    expect(intake.store.problem.value?.code).toBe('not-found');
    expect(files).toHaveLength(3);
  });

  test('goes on being sent while the person looks again, and is given up when it is left', async () => {
    const { api, files } = server(0);
    let signal: AbortSignal | undefined;
    api.sendFile = (given, options) => {
      files.push(given);
      signal = options.signal;
      options.changed({ sent: 1, total: 2, phase: 'paused' });
      return { done: new Promise(() => {}), pause() {}, goOn() {} };
    };
    const intake = createIntake(api, async () => null);
    intake.choose(file());
    await until(() => intake.sender.state.value?.phase === 'paused');
    void intake.look.start();
    await until(() => intake.look.state.value === 'running');
    expect([files.length, signal?.aborted]).toEqual([1, false]);
    intake.leave();
    expect(signal?.aborted).toBe(true);
    expect(intake.sender.state.value).toBeNull();
  });

  test('is known again by what is in it, not by its name and time alone', async () => {
    const bytes = (fill: number) => new Uint8Array(3_000_000).fill(fill);
    const made = (parts: Uint8Array<ArrayBuffer>[], name = 'a.zip') =>
      fileMark(new File(parts, name, { lastModified: 5 }));
    const mark = await made([bytes(1)]);
    expect(await made([bytes(1)])).toBe(mark);
    const end = bytes(1);
    end[end.length - 1] = 2;
    for (const other of [made([bytes(2)]), made([end]), made([bytes(1)], 'b.zip'), made([bytes(1).subarray(1)])])
      expect(await other).not.toBe(mark);
    expect(await made([new Uint8Array(0)])).toMatch(/^zhanbu-a\.zip-0-5-/);
  });

  test('ends its job when it is left', async () => {
    const { api, cancelled } = server(Number.POSITIVE_INFINITY);
    const intake = createIntake(api, async () => null);
    intake.choose(file());
    await until(() => intake.progress.value === 0.5);
    intake.leave();
    expect(cancelled).toEqual(['job-1']);
    expect(intake.file.value).toBeNull();
  });

  test('that was changed since it was chosen is told apart from a server that is gone', async () => {
    const { api, sent } = server(0);
    const intake = createIntake(api, async () => null);
    const gone = file();
    gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) as unknown as Blob;
    intake.choose(gone);
    await until(() => intake.look.problem.value !== null);
    expect(intake.look.problem.value).toBeInstanceOf(ApiProblem);
    expect(intake.look.problem.value?.code).toBe('file-changed');
    expect(sent).toEqual([]);
  });

  test('that is refused offers what the refusal names', async () => {
    const { api } = server(0);
    api.uploadParcels = () =>
      Promise.reject(new ApiProblem({ code: 'several-shapefiles', where: { candidates: ['甲.shp', '乙.shp'] } }));
    const intake = createIntake(api, async () => null);
    intake.choose(file());
    await until(() => intake.look.problem.value !== null);
    expect(intake.sublayers.value).toEqual(['甲.shp', '乙.shp']);
  });
});
