/**
 * When a C++ exception (GEOS), a stack overflow or a lack of memory traps the embedded engine, it swallows the trap and answers
 * nothing, or an empty result: an overlay that failed reads as "no conflict" (pglite issues 916, 1058). The guard sits around every
 * message and knows two ways to notice: the reply that the protocol promises did not come, or the engine left its main loop by
 * anything but its own longjmp. After either the session is damaged and nothing it says may be believed.
 */
import type { PGlite } from '@electric-sql/pglite';
import { type Reply, readReply } from './wire-messages.ts';

export class EngineTrap extends Error {
  override name = 'EngineTrap';
}

/** pglitec.c POSTGRES_MAIN_LONGJMP: the engine's ordinary way out of a failing statement */
const ordinaryLongjmp = 100;

/** What must end the reply to a message, besides ErrorResponse: of a simple query the last before ReadyForQuery. */
const dueReply: Record<string, RegExp> = {
  start: /^R.*Z$/,
  Q: /[CIE]Z$/,
  P: /[1E]$/,
  B: /[2E]$/,
  D: /[TnE]$/,
  E: /[CIsE]$/,
  C: /[3E]$/,
  S: /Z$/,
  H: /^$/,
};

export interface GuardedEngine {
  /** Bytes answered, and the transaction status if a ReadyForQuery was among them. Throws EngineTrap; then the engine must be restarted. */
  exchange(type: string, message: Uint8Array): Promise<{ reply: Buffer; status: string | undefined }>;
}

/**
 * Inside plpgsql a trap surfaces as something else: its handlers catch it and go on as if the function had ended. Then comes 2F005,
 * "control reached end of function without RETURN", or, under an `exception when` clause, success and at the end of the statement
 * a warning of resources left open. No function of ours ends without return, and an honest statement leaves nothing open.
 */
function signOfTrap({ errors, notices }: Reply): string | undefined {
  if (errors.some((fields) => fields.includes('\0C2F005\0')))
    return 'a function ended without return, as a trap inside plpgsql makes it';
  const leak = notices.find((fields) => fields.includes('\0Mresource was not closed'));
  return leak === undefined ? undefined : 'a statement left resources open, as a trap inside an exception block does';
}

interface EngineInside {
  mod: {
    _pgl_setPGliteExitStatus(status: number): number;
    ___stack_pointer: { value: number };
  };
}

export function guardEngine(engine: PGlite): GuardedEngine {
  let wayOut: number | undefined;
  const { mod } = engine as unknown as EngineInside;
  const ask = mod._pgl_setPGliteExitStatus;
  // Called by pglite with -2 each time its main loop was left by an exception, to learn what the engine had said of it.
  mod._pgl_setPGliteExitStatus = (status) => {
    const said = ask.call(mod, status);
    if (status === -2 && said !== ordinaryLongjmp) wayOut = said;
    return said;
  };
  /** after an error in the extended protocol everything up to Sync is skipped without a reply */
  let skipping = false;

  return {
    async exchange(type, message) {
      wayOut = undefined;
      // An error leaves the main loop by a JavaScript exception, and nobody gives back the engine's stack of that moment: about 1 kB each,
      // so that after 1,871 failing statements every statement failed with "stack depth limit exceeded". Between messages it is empty.
      const stack = mod.___stack_pointer.value;
      const chunks: Buffer[] = [];
      try {
        // the chunk is a view of the engine's memory: copy it at once
        await engine.execProtocolRawStream(message, {
          syncToFs: false,
          onRawData: (chunk) => chunks.push(Buffer.from(chunk)),
        });
      } catch (error) {
        throw new EngineTrap(`the engine threw: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        mod.___stack_pointer.value = stack;
      }
      if (wayOut !== undefined) throw new EngineTrap(`the engine left its main loop with status ${wayOut}`);
      const whole = Buffer.concat(chunks);
      const read = readReply(whole);
      if (read === undefined) throw new EngineTrap('the reply ends inside a message');
      const said = signOfTrap(read);
      if (said !== undefined) throw new EngineTrap(said);
      // After an error in the extended protocol pglite says ReadyForQuery at once and at Sync again; taken for the end of the next
      // query it would make that one an empty result. PostgreSQL says it at Sync alone.
      const ends = type === 'S' || type === 'Q' || type === 'start';
      const reply = ends ? whole : whole.subarray(0, read.statusAt);
      // notices, parameter changes and notifications may stand anywhere
      const types = read.types.replaceAll(ends ? /[NSA]/g : /[NSAZ]/g, '');
      const due = dueReply[type];
      if (due === undefined) throw new EngineTrap(`a message of type ${type} is not served`);
      const skipped = skipping && !ends && types === '';
      if (!skipped && !due.test(types)) throw new EngineTrap(`to ${type} the engine answered '${types.slice(-20)}'`);
      if (ends) skipping = false;
      else if (types.includes('E')) skipping = true;
      return { reply, status: ends ? read.status : undefined };
    },
  };
}
