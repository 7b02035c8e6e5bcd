/** PostgreSQL wire protocol 3.0, as little of it as the embedded engine's doorkeeper must read and write. */

/** One message from a client: its type letter and its whole bytes, header included. */
export interface WireMessage {
  type: string;
  bytes: Buffer;
}

const encoder = new TextEncoder();

/** Splits what has come so far into whole messages; `rest` waits for more. Startup messages have no type and are read by `takeStartup`. */
export function takeMessages(buffer: Buffer): { messages: WireMessage[]; rest: Buffer } {
  const messages: WireMessage[] = [];
  let at = 0;
  while (buffer.length - at >= 5) {
    const end = at + 1 + buffer.readInt32BE(at + 1);
    if (end < at + 5) throw new Error('a message says a length under four bytes');
    if (end > buffer.length) break;
    messages.push({ type: String.fromCharCode(buffer[at]!), bytes: buffer.subarray(at, end) });
    at = end;
  }
  return { messages, rest: buffer.subarray(at) };
}

export type Startup = 'ssl' | 'cancel' | 'start';

/** The first message of a connection, or undefined where it has not come whole. */
export function takeStartup(buffer: Buffer): { kind: Startup; bytes: Buffer; rest: Buffer } | undefined {
  if (buffer.length < 8) return undefined;
  const length = buffer.readInt32BE(0);
  if (length < 8 || length > 10_000) throw new Error('no startup message');
  if (buffer.length < length) return undefined;
  const code = buffer.readInt32BE(4);
  const kind = code === 80877103 || code === 80877104 ? 'ssl' : code === 80877102 ? 'cancel' : 'start';
  return { kind, bytes: buffer.subarray(0, length), rest: buffer.subarray(length) };
}

export function message(type: string, body: Uint8Array = new Uint8Array(0)): Buffer {
  const out = Buffer.alloc(5 + body.length);
  out.write(type, 0, 'latin1');
  out.writeInt32BE(4 + body.length, 1);
  out.set(body, 5);
  return out;
}

export function simpleQuery(sql: string): Buffer {
  return message('Q', encoder.encode(`${sql}\0`));
}

/** Protocol 3.0 startup for the one user and database the engine has. */
export function startupMessage(): Buffer {
  const body = encoder.encode('user\0postgres\0database\0postgres\0client_encoding\0UTF8\0\0');
  const out = Buffer.alloc(8 + body.length);
  out.writeInt32BE(out.length, 0);
  out.writeInt32BE(196608, 4);
  out.set(body, 8);
  return out;
}

/** AuthenticationCleartextPassword: the socket is private, the password keeps other users of the machine from a loopback port. */
export const askPassword = message('R', Uint8Array.of(0, 0, 0, 3));

/** ErrorResponse. `routine` is how our own errors are told from the engine's, whose routine is a C function name. */
export function errorResponse(fields: {
  severity: 'ERROR' | 'FATAL';
  code: string;
  message: string;
  routine: string;
}): Buffer {
  const { severity, code, message: text, routine } = fields;
  return message('E', encoder.encode(`S${severity}\0V${severity}\0C${code}\0M${text}\0R${routine}\0\0`));
}

/** Statement name of a Parse message ('' is the unnamed one). */
export function statementName(parse: Buffer): string {
  return parse.toString('utf8', 5, parse.indexOf(0, 5));
}

export interface Reply {
  /** type letters of its messages in order */
  types: string;
  /** transaction status of a ReadyForQuery, and where that message begins */
  status: string | undefined;
  statusAt: number;
  /** bodies of ErrorResponse and NoticeResponse: fields, each a letter and a text ended by NUL */
  errors: string[];
  notices: string[];
}

/** Undefined where the bytes end inside a message. */
export function readReply(reply: Buffer): Reply | undefined {
  const read: Reply = { types: '', status: undefined, statusAt: reply.length, errors: [], notices: [] };
  let at = 0;
  while (at < reply.length) {
    if (reply.length - at < 5) return undefined;
    const type = String.fromCharCode(reply[at]!);
    const end = at + 1 + reply.readInt32BE(at + 1);
    if (end < at + 5 || end > reply.length) return undefined;
    read.types += type;
    if (type === 'Z') {
      read.status = String.fromCharCode(reply[at + 5]!);
      read.statusAt = at;
    } else if (type === 'E') read.errors.push(reply.toString('utf8', at + 5, end));
    else if (type === 'N') read.notices.push(reply.toString('utf8', at + 5, end));
    at = end;
  }
  return read;
}
