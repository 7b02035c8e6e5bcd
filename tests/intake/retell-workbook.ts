/** A workbook with its parts told otherwise: as the Open XML SDK of .NET, as a Japanese or Chinese Excel, as a program gone wrong. */
import yauzl from 'yauzl';
import { makeZip } from './make-zip.ts';

type Part = { name: string; text: string };

export async function retell(workbook: Buffer, tell: (part: Part) => Part): Promise<Buffer> {
  const zip = await yauzl.fromBufferPromise(workbook);
  const parts: { name: string; data: Buffer }[] = [];
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    const { name, text } = tell({ name: entry.fileName, text: Buffer.concat(chunks).toString() });
    parts.push({ name, data: Buffer.from(text) });
  }
  return makeZip(parts);
}

const isPart = (name: string) => /^xl\/(workbook|styles|sharedStrings|worksheets\/[^/]*)\.xml$/.test(name);

/** `<x:row>`, as the Open XML SDK and ClosedXML write */
export const prefixed = ({ name, text }: Part): Part => {
  if (!isPart(name)) return { name, text };
  const told = text.replaceAll(/<(\/?)([A-Za-z])(?![\w]*:)/g, '<$1x:$2').replace(' xmlns="', ' xmlns:x="');
  return { name, text: told };
};

/** the first sheet as sheet.xml, which the Open XML SDK calls it */
export const renamed = ({ name, text }: Part): Part => ({
  name: name.replace('worksheets/sheet1.xml', 'worksheets/sheet.xml'),
  text: name.endsWith('.rels') ? text.replace('worksheets/sheet1.xml', 'worksheets/sheet.xml') : text,
});

/** cell A3 with a text of its own and how it is said */
export const pronounced = ({ name, text }: Part): Part => ({
  name,
  text: inCellA3(name, text, '<is><t>D1</t><rPh sb="0" eb="1"><t>di</t></rPh><phoneticPr fontId="1"/></is>'),
});

/** cell A3 with a tag in it that the standard does not have */
export const strangeTag = ({ name, text }: Part): Part => ({
  name,
  text: inCellA3(name, text, '<is><t>D1</t><odd></odd></is>'),
});

const inCellA3 = (name: string, text: string, inside: string) =>
  name.startsWith('xl/worksheets/sheet')
    ? text.replace(/<c r="A3"[^>]*>.*?<\/c>/s, `<c r="A3" t="inlineStr">${inside}</c>`)
    : text;
