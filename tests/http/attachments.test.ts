import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { inspectFile } from '../../server/ledger/inspect-file.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { exif, jpeg, pdf, png, takenAt } from './photos.ts';
import { ReviewedCounty } from './reviewing.ts';
import { startService, upload } from './service.ts';

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

eachDatabase('attachments of decisions', (open) => {
  let county: ReviewedCounty;
  let runId: string;
  let zhang: string;

  beforeAll(async () => {
    const { limits } = readConfig({});
    const config = { limits: { ...limits, reviews: { ...limits.reviews, looseAttachments: 12 } } };
    county = new ReviewedCounty(await startService(await open(), { config }));
    ({ runId } = await county.begin());
    zhang = await county.person('张三');
  });
  afterAll(() => county.service.close());

  const send = async (data: Buffer, name = 'IMG_1.jpg', fields: Record<string, string> = {}) => {
    const answer = await upload(county.service, '/attachments', { name, data }, fields);
    return { status: answer.statusCode, body: answer.json() };
  };
  const content = (id: string, headers = {}) =>
    county.service.app.inject({ url: `/api/v1/attachments/${id}/content`, headers });
  const rows = async (table: string) =>
    Number((await county.service.database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n);
  const leftOver = () =>
    readdirSync(join(county.service.config.dataDir, 'uploads')).filter((name) => name.startsWith('.part'));

  it('are confirmed with: the photo comes first, the decision refers to it, both are there or neither', async () => {
    // in the middle of plot 1
    const photo = jpeg({ exif: takenAt(108.8005, 28.8005) });
    const sent = await send(photo, '现场 照片.jpg', { run_id: runId, parcel_id: 'P1' });
    expect(sent.status, JSON.stringify(sent.body)).toBe(201);
    expect(sent.body).toMatchObject({
      attachment_id: sha256(photo),
      file_name: '现场 照片.jpg',
      media_type: 'image/jpeg',
      bytes: photo.length,
      width: 64,
      height: 48,
      taken_at: '2024-05-17T10:11:12+08:00',
      camera: 'Phone <9>',
      distance_m: 0,
      warnings: [],
    });
    expect(sent.body.lon).toBeCloseTo(108.8005, 6);
    expect(sent.body.lat).toBeCloseTo(28.8005, 6);
    expect(leftOver()).toEqual([]);
    const missing = await county.decide(zhang, [
      await county.item(runId, 'P1', 'confirmed', { attachments: [sent.body.attachment_id, 'f'.repeat(64)] }),
    ]);
    expect([missing.status, missing.body.where.field]).toEqual([404, 'items[0].attachments[1]']);
    expect([await rows('review'), await rows('review_attachment')]).toEqual([0, 0]);
    const twice = await county.item(runId, 'P1', 'confirmed', { attachments: Array(2).fill(sent.body.attachment_id) });
    expect((await county.decide(zhang, [twice])).body.where.field).toBe('items[0].attachments');
    const made = await county.decide(zhang, [
      await county.item(runId, 'P1', 'confirmed', { attachments: [sent.body.attachment_id] }),
    ]);
    expect(made.status).toBe(201);
    expect(made.body.items[0]?.attachments).toMatchObject([
      { file_name: '现场 照片.jpg', distance_m: 0, warnings: [] },
    ]);
    expect(await county.review(runId, 'P1')).toMatchObject({ state: 'confirmed', attachment_count: 1 });
    const { history } = await county.get<{ history: { attachments: object[] }[] }>(`/runs/${runId}/verdicts/P1`);
    expect(history[0]?.attachments).toHaveLength(1);
  });

  it('are one for the same bytes, and given out as they came, never to be run', async () => {
    const photo = jpeg({ exif: takenAt(108.8005, 28.8005) });
    const again = await send(photo, 'other.jpg');
    expect([again.status, again.body.file_name]).toEqual([200, '现场 照片.jpg']);
    const answer = await content(sha256(photo));
    expect(answer.rawPayload.equals(photo)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(photo.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect(answer.headers['content-disposition']).toMatch(
      /^inline; filename="attachment_\w{8}\.jpg"; filename\*=UTF-8''%E7/,
    );
    const { etag } = answer.headers;
    expect((await content(sha256(photo), { 'if-none-match': etag })).statusCode).toBe(304);
    for (const id of ['x', 'f'.repeat(64), `${sha256(photo)}%00`])
      expect((await content(id)).json()).toMatchObject({ code: 'not-found' });
    const document = await send(pdf, '批复.pdf');
    expect(document.body).toMatchObject({ media_type: 'application/pdf', width: null, lon: null });
    expect((await content(sha256(pdf))).headers['content-disposition']).toMatch(/^attachment; /);
  });

  it('of more than a part come back whole', async () => {
    const big = jpeg({ tail: Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 251)) });
    expect((await send(big)).status).toBe(201);
    expect(sha256((await content(sha256(big))).rawPayload)).toBe(sha256(big));
  });

  it('taken far from the parcel are warned of, when they are sent and where they hang', async () => {
    // 0.01° east of the plot's eastern edge, 108.801: by 28.8° N some 976 m
    const photo = jpeg({ exif: takenAt(108.811, 28.8005) });
    const sent = await send(photo, 'far.jpg', { run_id: runId, parcel_id: 'P1' });
    expect(sent.body.distance_m).toBeGreaterThan(970);
    expect(sent.body.distance_m).toBeLessThan(980);
    expect(sent.body.warnings).toMatchObject([{ code: 'far-from-parcel', message: expect.stringContaining('976') }]);
    const near = jpeg({ exif: takenAt(108.8015, 28.8005) });
    expect((await send(near, 'near.jpg', { run_id: runId, parcel_id: 'P1' })).body.warnings).toEqual([]);
    const item = await county.item(runId, 'P2', 'rejected', { attachments: [sha256(photo)] });
    const made = await county.decide(zhang, [item]);
    // plot 2 begins at 108.802 and ends at 108.803: 0.008° from its edge
    expect(made.body.items[0]?.attachments[0]?.distance_m).toBeCloseTo(976 * 0.8, -1);
    expect(made.body.items[0]?.attachments[0]?.warnings).toMatchObject([{ code: 'far-from-parcel' }]);
  });

  it('are what they contain, whatever they are called; what is something else is refused and leaves nothing', async () => {
    const before = [await rows('attachment'), await rows('attachment_part')];
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic0000mif1heic')]);
    const sound = jpeg({ exif: takenAt(108.8, 28.8) });
    for (const [name, data, word] of [
      ['a.jpg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'SVG'],
      ['a.jpg', Buffer.from('<?xml version="1.0"?><svg/>'), 'SVG'],
      ['a.png', Buffer.from('<!doctype html><script>alert(1)</script>'), 'HTML'],
      ['a.pdf', Buffer.concat([Buffer.from('<html>'), pdf]), 'HTML'],
      ['a.pdf', Buffer.concat([Buffer.from('GIF89a'), pdf]), 'GIF'],
      ['IMG.HEIC', heic, 'HEIC'],
      ['a.jpg', Buffer.from('PK\x03\x04'), 'ZIP'],
      ['a.jpg', Buffer.from('MZ\x90\0'), 'JPEG'],
      ['a.jpg', sound.subarray(0, sound.length - 2), '不完整'],
      ['a.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), '不完整'],
      ['a.png', png(10, 10).subarray(0, 40), '不完整'],
      ['a.png', png(0, 10), '不完整'],
      // a small frame behind a broken chain is not the size of the photo
      ['a.jpg', Buffer.concat([sound.subarray(0, 2), Buffer.from('junk'), jpeg().subarray(2)]), 'JPEG'],
      ['a.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 3, 0, 7, 7]), jpeg().subarray(2)]), '不完整'],
      ['a.pdf', pdf.subarray(0, 20), '不完整'],
    ] as const) {
      const { status, body } = await send(data, name);
      expect([status, body.code, body.where], `${name} ${word}`).toEqual([
        415,
        'format-unsupported',
        { field: 'file' },
      ]);
      expect(body.detail).toContain(word);
    }
    const bomb = await send(png(50_000, 50_000), 'bomb.png');
    expect([bomb.status, bomb.body.code]).toEqual([413, 'too-large']);
    const frame = await send(jpeg({ width: 65_535, height: 65_535 }), 'bomb.jpg');
    expect([frame.status, frame.body.code]).toEqual([413, 'too-large']);
    const big = await send(jpeg({ tail: Buffer.alloc(25 * 1024 * 1024) }));
    expect([big.status, big.body.code]).toEqual([413, 'too-large']);
    expect((await send(Buffer.alloc(0))).body).toMatchObject({ code: 'validation', where: { field: 'file' } });
    expect((await send(sound, 'a.jpg', { run_id: 'none' })).status).toBe(404);
    expect((await send(sound, 'a.jpg', { owner: 'x' })).body).toMatchObject({
      code: 'validation',
      where: { field: 'owner' },
    });
    expect([await rows('attachment'), await rows('attachment_part')]).toEqual(before);
    expect(leftOver()).toEqual([]);
  });

  it('that are two things at once are given out as the harmless one', async () => {
    const polyglot = jpeg({
      comment: '<script>alert(1)</script>',
      tail: Buffer.from('PK\x03\x04<html><script>alert(2)</script>'),
    });
    expect((await send(polyglot, 'x.html')).body).toMatchObject({ media_type: 'image/jpeg', file_name: 'x.html' });
    const answer = await content(sha256(polyglot));
    expect(answer.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
    expect(answer.headers['content-disposition']).toContain('.jpg"');
  });

  it('with EXIF that is cut, loops or lies are photos without', async () => {
    const whole = takenAt(108.8, 28.8);
    for (const [name, data] of [
      ['loops', exif([[0x0110, 2, 'P']], [], [], true)],
      ['points beyond its end', exif([[0x8769, 4, [0xfffffff0]]], [], [])],
      ['is cut', whole.subarray(0, 30)],
      ['is empty', Buffer.alloc(0)],
      [
        'counts to the end of the world',
        Buffer.concat([whole.subarray(0, 8), Buffer.from([0xff, 0xff]), whole.subarray(10)]),
      ],
      ['is nowhere', takenAt(0, 0)],
      ['is off the earth', takenAt(190, 95)],
    ] as const) {
      const started = performance.now();
      const { status, body } = await send(jpeg({ exif: data, comment: name }), `${name}.jpg`);
      expect([status, body.lon, body.lat], name).toEqual([201, null, null]);
      expect(performance.now() - started).toBeLessThan(8000);
    }
    const odd = await send(jpeg({ exif: takenAt(108.8, 28.8, '2024:02:30 10:11:12') }));
    expect(odd.body.taken_at).toBeNull();
  });

  it('that nothing refers to are taken away after a week, those of decisions never', async () => {
    const { pool } = county.service.database;
    await pool.query("update attachment set created_at = now() - interval '8 days'");
    const fresh = jpeg({ comment: 'fresh' });
    expect((await send(fresh)).status).toBe(201);
    const { rows: left } = await pool.query('select attachment_id from attachment order by 1');
    const { rows: used } = await pool.query('select distinct attachment_id from review_attachment');
    expect(left.map((row) => row.attachment_id)).toEqual(
      [sha256(fresh), ...used.map((row) => row.attachment_id)].sort(),
    );
    const { rows: parts } = await pool.query('select distinct attachment_id from attachment_part order by 1');
    expect(parts).toEqual(left);
    // and there are never too many of them: eleven more, and no twelfth
    for (let i = 0; i < 11; i++) expect((await send(jpeg({ comment: `loose ${i}` }))).status).toBe(201);
    const more = await send(jpeg({ comment: 'one more' }));
    expect([more.status, more.body.code]).toEqual([413, 'quota-exceeded']);
  });
});

requirePart('gdal')('a photo that another program wrote', () => {
  it('says where and when as that program was told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zhanbu-photo-'));
    try {
      const [plain, photo] = [join(folder, 'a.tif'), join(folder, 'a.jpg')];
      execFileSync('gdal_create', [
        '-q',
        '-of',
        'GTiff',
        '-outsize',
        '320',
        '200',
        '-bands',
        '3',
        '-burn',
        '90',
        plain,
      ]);
      const says = {
        EXIF_GPSLatitudeRef: 'N',
        EXIF_GPSLatitude: '(28) (48) (1.8)',
        EXIF_GPSLongitudeRef: 'E',
        EXIF_GPSLongitude: '(108) (48) (36)',
        EXIF_DateTimeOriginal: '2023:11:05 16:20:00',
        EXIF_Model: 'GDAL 3',
      };
      const told = Object.entries(says).flatMap(([key, value]) => ['-mo', `${key}=${value}`]);
      execFileSync('gdal_translate', ['-q', '-of', 'JPEG', ...told, plain, photo]);
      expect(readFileSync(photo).length).toBeGreaterThan(500);
      const facts = await inspectFile({ path: photo, pixels: 1e6 });
      expect(facts).toMatchObject({ width: 320, height: 200, camera: 'GDAL 3', taken_at: '2023-11-05T16:20:00' });
      expect(facts.lat).toBeCloseTo(28.8005, 8);
      expect(facts.lon).toBeCloseTo(108.81, 8);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
