/** Has a database explain statements at the moment they are asked, under the settings and statistics in force just then. */
import type pg from 'pg';
import type { Database } from '../../server/database/connect.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

/** One way in which a statement reads a table. */
export interface Reading {
  table: string;
  node: string;
  /** by which columns the index is asked; '' where the table is read from end to end */
  by: string;
  /** rows read over the whole statement; undefined where it was not executed for it */
  rows: number | undefined;
}

export interface Explained {
  name: string;
  readings: Reading[];
}

type Query = (text: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;

/**
 * From now on each statement whose text is one of `named` is explained on its own connection, in its own transaction, right before it is
 * done: the first three times and every tenth. A select is executed for it too, so that the rows it reads are counted.
 */
export function explainAsAsked({ pool }: Database, named: ReadonlyMap<string, string>): Explained[] {
  const found: Explained[] = [];
  const times = new Map<string, number>();
  const patched = new WeakSet<pg.ClientBase>();
  pool.on('acquire', (client) => {
    if (patched.has(client)) return;
    patched.add(client);
    const ask = client.query.bind(client) as unknown as Query;
    const explainFirst = async (name: string, text: string, values: unknown[]) => {
      const select = /^\s*(--[^\n]*\n\s*)*select\b/i.test(text);
      const { rows } = await ask(`explain (${select ? 'analyze, timing off, ' : ''}format json) ${text}`, values);
      const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: PlanNode }];
      found.push({ name, readings: readingsOf(plan) });
      return ask(text, values);
    };
    client.query = ((text: unknown, values?: unknown, ...rest: unknown[]) => {
      const name = typeof text === 'string' && Array.isArray(values) ? named.get(text) : undefined;
      if (name === undefined) return (ask as (...all: unknown[]) => unknown)(text, values, ...rest);
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      if (time > 3 && time % 10 !== 0) return ask(text as string, values as unknown[]);
      return explainFirst(name, text as string, values as unknown[]);
    }) as typeof client.query;
  });
  return found;
}

/** Every scan of a table in a plan. A bitmap's index conditions count for the table it is a bitmap of. */
export function readingsOf(node: PlanNode, table?: string): Reading[] {
  const here = node['Relation Name'] ?? table;
  const type = node['Node Type'];
  const below = (node.Plans ?? []).flatMap((plan) => readingsOf(plan, type === 'Bitmap Heap Scan' ? here : table));
  const scans = ['Seq Scan', 'Sample Scan', 'Tid Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Index Scan'];
  if (here === undefined || !scans.includes(type)) return below;
  const perLoop =
    (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const rows = node['Actual Loops'] === undefined ? undefined : Math.round(perLoop * node['Actual Loops']);
  return [{ table: here, node: type, by: node['Index Cond'] ?? '', rows }, ...below];
}
