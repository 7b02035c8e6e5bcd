/** What is odd about the request around a sound file (T14, T19, T22, T28). */
import { Buffer } from 'node:buffer';
import type { FormPart } from '../../http/service.ts';
import { atOnce, group, load } from '../case.ts';
import { collection, twoM2 } from '../shapes.ts';

const file = '地块.geojson';
const data = collection();
const two = load(2, { m2: twoM2 });
const nobody = '00000000-0000-4000-8000-000000000000';

export const requests = group('request', { to: 'parcel-set', file, fields: {} }, (add) => {
  const said = (odd: string, fields: Record<string, string>, field: string | RegExp) =>
    add(odd, data, atOnce('validation', { field }), { fields });
  said('a field that nobody knows', { owner: 'me' }, 'owner');
  // the reader of forms refuses it before anybody could name it
  add('a field named as every object has it', data, atOnce('validation'), { fields: { constructor: 'x' } });
  said('a county of five digits', { region_code: '50024' }, 'region_code');
  said('a county in full-width digits', { region_code: '５００２４２' }, 'region_code');
  said('a system in SQL', { srid: `4490; drop table job` }, 'srid');
  said('a name of 300 letters', { name: '长'.repeat(300) }, 'name');
  said('a name of control characters', { name: 'a\x00b' }, 'name');
  said('a field map that is no JSON', { field_map: '{' }, 'field_map');
  said('a field map that is a list', { field_map: '[]' }, 'field_map');
  said('a field map of columns that are none', { field_map: '{"geom":"DKBH"}' }, /^field_map/);
  said('a field map of the prototype', { field_map: '{"__proto__":"DKBH"}' }, /^field_map/);
  said('a field map that maps to an object', { field_map: '{"parcel_id":{"a":1}}' }, /^field_map/);
  said('a field map with NUL', { field_map: '{"township":"=a\\u0000b"}' }, /^field_map/);
  said('sets to replace that are no ids', { replaces: `1' or '1'='1` }, 'replaces');
  said('sets to replace as an object', { replaces: '{"a":1}' }, 'replaces');
  add('sets to replace that are not here', data, atOnce('not-found', { field: 'replaces' }), {
    fields: { replaces: nobody },
  });
  add('a field of 200 kB', data, atOnce('too-large', { field: 'name' }), { fields: { name: 'x'.repeat(200_000) } });
  const whole: FormPart = { name: 'file', file, data: Buffer.from(data) };
  const sent = (odd: string, parts: FormPart[], code: 'validation' | 'too-large' = 'validation') =>
    add(odd, data, atOnce(code), { parts });
  sent('no file', [{ name: 'name', value: 'x' }]);
  sent('two files', [whole, whole]);
  sent('a file in another field', [{ ...whole, name: 'upload' }]);
  sent('a file of no bytes', [{ ...whole, data: Buffer.alloc(0) } as FormPart]);
  sent('a field twice', [{ name: 'name', value: 'a' }, { name: 'name', value: 'b' }, whole]);
  sent('a field of the prototype', [{ name: '__proto__', value: 'x' }, whole]);
  sent(
    'a thousand fields',
    [...Array.from({ length: 1000 }, (_, i) => ({ name: `f${i}`, value: '1' })), whole],
    'too-large',
  );
  sent('a field of no name', [{ name: '', value: 'x' }, whole]);
  add('fields behind the file', data, two, {
    parts: [whole, { name: 'name', value: '一批' }, { name: 'region_code', value: '500242' }],
  });
  add('a file of another type of content', data, two, {
    parts: [{ ...whole, type: 'image/png' } as FormPart, { name: 'name', value: 'png' }],
  });
  add('names in SQL and HTML', data, two, {
    fields: { name: `'; drop table parcel_set; --<script>alert(1)</script>`, region_code: '500242' },
  });
  add('a constant for the township', data, two, {
    fields: { field_map: '{"township":{"constant":"\'; drop table parcel; --"}}' },
  });
});
