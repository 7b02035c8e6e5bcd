/**
 * A tolerant reader of well-known text for coordinate systems (WKT1 of ESRI and OGC, WKT2): KEYWORD[arg, …] into a tree,
 * no more. The text is somebody else's and goes no further than this; what it means is decided in prj.ts.
 */
export interface WktNode {
  keyword: string;
  /** strings without their quotes, numbers as numbers, nested nodes; bare words (axis directions) as strings */
  args: (string | number | WktNode)[];
}

/** Longest text worth reading; a .prj is a few hundred characters, a bound compound system of WKT2 a few thousand. */
const longest = 20_000;
const deepest = 16;

/** The first node of the text, or undefined where it is none. Never throws. */
export function parseWkt(text: string): WktNode | undefined {
  if (text.length > longest) return undefined;
  let at = 0;

  const skip = () => {
    while (at < text.length && /[\s\u0000\uFEFF]/.test(text[at]!)) at++;
  };
  const quoted = (): string | undefined => {
    let out = '';
    for (at++; at < text.length; at++) {
      if (text[at] !== '"') out += text[at];
      else if (text[at + 1] === '"') out += text[at++];
      else {
        at++;
        return out;
      }
    }
    return undefined;
  };
  const argument = (depth: number): string | number | WktNode | undefined => {
    skip();
    if (text[at] === '"') return quoted();
    const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(text.slice(at, at + 60));
    if (number) {
      at += number[0].length;
      return Number(number[0]);
    }
    const word = /^[A-Za-z_][A-Za-z0-9_.:-]*/.exec(text.slice(at, at + 200));
    if (!word) return undefined;
    const start = at;
    at += word[0].length;
    skip();
    if (text[at] !== '[' && text[at] !== '(') return word[0];
    at = start;
    return node(depth + 1);
  };
  const node = (depth: number): WktNode | undefined => {
    skip();
    const word = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at, at + 200));
    if (!word || depth > deepest) return undefined;
    at += word[0].length;
    skip();
    const open = text[at];
    if (open !== '[' && open !== '(') return undefined;
    const close = open === '[' ? ']' : ')';
    at++;
    const args: WktNode['args'] = [];
    for (;;) {
      skip();
      if (text[at] === close) {
        at++;
        return { keyword: word[0].toUpperCase(), args };
      }
      const value = argument(depth);
      if (value === undefined) return undefined;
      args.push(value);
      skip();
      if (text[at] === ',') at++;
      else if (text[at] !== close) return undefined;
    }
  };
  return node(0);
}

/** First direct child with one of the keywords. */
export function child(node: WktNode | undefined, ...keywords: string[]): WktNode | undefined {
  return children(node, ...keywords)[0];
}

export function children(node: WktNode | undefined, ...keywords: string[]): WktNode[] {
  return (node?.args ?? []).filter((arg): arg is WktNode => typeof arg === 'object' && keywords.includes(arg.keyword));
}

/** First argument as text: the name of the thing. */
export function nameIn(node: WktNode | undefined): string {
  const first = node?.args[0];
  return typeof first === 'string' ? first : '';
}

/** Argument `index` as a number, undefined where it is none. */
export function numberIn(node: WktNode | undefined, index: number): number | undefined {
  const value = node?.args[index];
  return typeof value === 'number' ? value : undefined;
}
