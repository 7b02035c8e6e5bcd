import { describe, expect, it } from 'vitest';
import {
  errorResponse,
  message,
  readReply,
  simpleQuery,
  startupMessage,
  statementName,
  takeMessages,
  takeStartup,
} from '../../server/database/wire-messages.ts';

/** PostgreSQL 18 documentation, 54.7 Message Formats: letter, int32 length that counts itself, body. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

describe('wire messages', () => {
  it('are taken whole, one after another, and wait where the end has not come', () => {
    const both = Buffer.concat([simpleQuery('select 1'), simpleQuery('select 2')]);
    for (let cut = 0; cut <= both.length; cut++) {
      const first = takeMessages(both.subarray(0, cut));
      const second = takeMessages(Buffer.concat([first.rest, both.subarray(cut)]));
      expect(first.messages.length + second.messages.length).toBe(2);
      expect(Buffer.concat([...first.messages, ...second.messages].map((one) => one.bytes))).toEqual(both);
      expect(second.rest).toHaveLength(0);
    }
  });

  it('that say a length too small for themselves are refused', () => {
    expect(() => takeMessages(Buffer.from([0x51, 0, 0, 0, 3, 0]))).toThrow();
    expect(() => takeStartup(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]))).toThrow();
  });

  it('that begin a connection are told apart', () => {
    expect(takeStartup(startupMessage())?.kind).toBe('start');
    expect(takeStartup(startupMessage().subarray(0, 20))).toBeUndefined();
    expect(takeStartup(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))?.kind).toBe('ssl');
    expect(takeStartup(Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2]))?.kind).toBe('cancel');
  });

  it('name the statement they prepare', () => {
    expect(statementName(message('P', Buffer.from('\0select 1\0\0\0')))).toBe('');
    expect(statementName(message('P', Buffer.from('mine\0select 1\0\0\0')))).toBe('mine');
  });
});

describe('a reply', () => {
  it('gives its letters, the status and the texts of errors', () => {
    const error = errorResponse({ severity: 'ERROR', code: '22012', message: '除以零', routine: 'int4div' });
    expect(readReply(Buffer.concat([error, ready]))).toEqual({
      types: 'EZ',
      status: 'I',
      statusAt: error.length,
      errors: ['SERROR\0VERROR\0C22012\0M除以零\0Rint4div\0\0'],
      notices: [],
    });
    expect(readReply(Buffer.alloc(0))?.types).toBe('');
  });

  it('that ends inside a message is none', () => {
    for (let cut = 1; cut < ready.length; cut++) expect(readReply(ready.subarray(0, cut))).toBeUndefined();
  });
});
