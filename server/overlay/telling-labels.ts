/** Which labels tell parts of different groups apart: an outline around groups of parts needs no edge of the others. */

/**
 * Labels by whose presence alone the group of every part is known; as few as leaving out one after the other gives.
 * @param groupOf by place of the part
 */
export function tellingLabels(
  parts: readonly { labels: readonly number[] }[],
  groupOf: readonly number[],
): ReadonlySet<number> {
  const telling = new Set(parts.flatMap(({ labels }) => labels));
  for (const label of [...telling]) {
    telling.delete(label);
    if (!tells(parts, groupOf, telling)) telling.add(label);
  }
  return telling;
}

function tells(
  parts: readonly { labels: readonly number[] }[],
  groupOf: readonly number[],
  telling: ReadonlySet<number>,
): boolean {
  const groups = new Map<string, number>();
  for (let part = 0; part < parts.length; part++) {
    let name = '';
    for (const label of parts[part]!.labels) if (telling.has(label)) name += `${label},`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, groupOf[part]!);
    else if (group !== groupOf[part]) return false;
  }
  return true;
}
