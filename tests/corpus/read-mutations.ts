/** Mutations read in processes of their own, watched as the server watches its parsers: one that hangs, grows or dies is named and the next goes on. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parcelLimits } from '../../server/domain/limits.ts';
import type { Good } from './goods.ts';
import type { FromReader, ReadOutcome, ToReader } from './reader.child.ts';

const script = fileURLToPath(new URL('./reader.child.ts', import.meta.url));
const lanes = 2;
/** s of work without a sign, not of waiting for a processor that others have */
const silentS = parcelLimits.stallMs / 1000;

export async function readMutations(
  goods: Good[],
  numbers: readonly number[],
  heard: (outcome: ReadOutcome) => void,
): Promise<void> {
  const shares = Array.from({ length: lanes }, (_, lane) => numbers.filter((_, i) => i % lanes === lane));
  await Promise.all(
    shares.map(async (share) => {
      let rest = share;
      while (rest.length > 0) {
        let last = -1;
        const ended = await oneReader({ goods, numbers: rest }, (outcome) => {
          last = outcome.number;
          heard(outcome);
        });
        if (ended === undefined) return;
        if (ended.number !== last) heard(ended);
        rest = rest.slice(rest.indexOf(ended.number) + 1);
      }
    }),
  );
}

/** undefined: all were read; else the one that ended the reader, and how. */
function oneReader(order: ToReader, heard: (outcome: ReadOutcome) => void): Promise<ReadOutcome | undefined> {
  return new Promise((resolve) => {
    const child = fork(script, [], {
      execArgv: ['--max-old-space-size=614', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    let number = order.numbers[0]!;
    let signed = 0;
    let how: string | undefined;
    let ended = false;
    let stderr = '';
    child.stderr!.on('data', (text: Buffer) => {
      stderr = (stderr + text.toString()).slice(-2000);
    });
    const watch = setInterval(() => {
      const { seconds, bytes } = usage(child);
      if (bytes > parcelLimits.parserMemoryBytes) end(`grew to ${Math.round(bytes / 2 ** 20)} MB`);
      else if (seconds - signed > silentS) end(`${silentS} s of work without a sign`);
    }, 250);
    const end = (reason: string) => {
      how ??= reason;
      child.kill('SIGKILL');
    };
    child.on('message', (message: FromReader) => {
      signed = usage(child).seconds;
      if ('beat' in message) number = message.beat;
      else if ('outcome' in message) heard(message.outcome);
      else ended = true;
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (ended) return resolve(undefined);
      resolve({
        number,
        format: '?',
        done: [],
        got: 'nothing',
        fault: how ?? `its reader ended with ${code ?? signal}: ${stderr}`,
      });
    });
    child.send(order);
  });
}

/** Seconds of processor and bytes resident, on Linux. */
function usage({ pid }: ChildProcess): { seconds: number; bytes: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, bytes: Number(fields[21]) * 4096 };
  } catch {
    return { seconds: 0, bytes: 0 };
  }
}
