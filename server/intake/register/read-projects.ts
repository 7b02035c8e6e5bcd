/** The rows of a register → projects, every fault with its row and column. Pure; nothing is taken where there is one fault. */
import { areaUnitTitle, fromSquareMetres, toSquareMetres } from '../../domain/area-units.ts';
import { readAreaUnit, readDate, readNumber } from '../../domain/loose-values.ts';
import { type Project, plainProjectCode } from '../../domain/project.ts';
import { isExactNumber } from '../exact-number.ts';
import { printable } from '../printable.ts';
import type { Warning } from '../source-types.ts';
import { type Cell, dateHint, type TableRow } from '../tables/table.ts';
import { WarningTally } from '../warnings.ts';
import { type RegisterColumn, registerColumns, statusWords } from './columns.ts';
import { RowFaults } from './faults.ts';
import type { FoundColumn, Heading } from './heading.ts';

/** Of one project: 100,000 公顷. A county has some 500,000; more in one project is a figure in another unit. */
const mostAreaM2 = 1e9;
/** kg on a square metre: 15,000 kg a 公顷 is past the best yield of two crops. Over ten times that the unit is another. */
const mostCapacityKgPerM2 = 15;
const unprintable = /[\p{Cc}\p{Co}\p{Cs}\uFFFD]/u;

export interface ProjectsRead {
  projects: Project[];
  warnings: Warning[];
}

/** Throws `validation` or `attribute-missing` with all that is wrong. */
export function readProjects(heading: Heading, fileName: string): ProjectsRead {
  const reader = new Reader(heading);
  for (const row of heading.rows) reader.read(row);
  reader.faults.throwIfAny(fileName);
  return { projects: reader.projects, warnings: reader.warnings.list() };
}

class Reader {
  readonly faults = new RowFaults();
  readonly warnings = new WarningTally();
  readonly projects: Project[] = [];
  readonly #heading: Heading;
  readonly #rowOf = new Map<string, number>();

  constructor(heading: Heading) {
    this.#heading = heading;
  }

  read(row: TableRow): void {
    if (this.#isTotal(row)) {
      this.#total(row);
      return;
    }
    const before = this.faults.count;
    const status = this.#status(row);
    const project: Project = {
      project_code: this.#code(row),
      project_name: this.#text(row, 'project_name'),
      township: this.#text(row, 'township'),
      started_on: this.#date(row, 'started_on', 'first'),
      start_document: this.#text(row, 'start_document'),
      accepted_on: this.#date(row, 'accepted_on', 'last'),
      acceptance_document: this.#text(row, 'acceptance_document'),
      certificate_no: this.#text(row, 'certificate_no'),
      certified_area_m2: this.#area(row, 'certified_area'),
      certified_paddy_m2: this.#area(row, 'certified_paddy'),
      certified_capacity_kg: this.#capacity(row),
      status: status ?? 'pending',
      row_no: row.row,
    };
    // what does not fit together is only said of values that could be read
    if (this.faults.count === before) this.#together(project);
    this.projects.push(project);
  }

  #column(id: RegisterColumn): FoundColumn {
    // of a column that the file has not: the heading of the template, so that the sentence says what to add
    return this.#heading.columns[id] ?? { index: -1, letter: '—', field: registerColumns[id].head };
  }

  #cell({ row, cells }: TableRow, id: RegisterColumn): Cell | null {
    const column = this.#column(id);
    const cell = cells[column.index] ?? null;
    if (cell?.is !== 'fault') return cell;
    const shown = printable(cell.text, 40);
    this.faults.add(row, column, {
      zh: `单元格是公式错误或没有计算结果（${shown}），请改成数值或文字`,
      en: `the cell is an error or a formula without a value (${shown}); put the value there`,
    });
    return null;
  }

  #text(row: TableRow, id: RegisterColumn): string | null {
    const cell = this.#cell(row, id);
    if (cell === null) return null;
    const text = cell.text.replaceAll(/[\r\n\t]+/g, ' ').trim();
    if (!text.isWellFormed() || unprintable.test(text) || text.length > 500) {
      this.faults.add(row.row, this.#column(id), {
        zh: '含有不可见的控制字符、乱码或超过 500 字，请重新填写',
        en: 'it holds control or broken characters, or more than 500 letters; write it anew',
      });
      return null;
    }
    return text === '' ? null : text;
  }

  #code(row: TableRow): string {
    const column = this.#column('project_code');
    const fault = (zh: string, en: string, kind?: 'missing') => this.faults.add(row.row, column, { zh, en }, kind);
    const cell = this.#cell(row, 'project_code');
    const code = plainProjectCode(this.#text(row, 'project_code'));
    if (code === '') {
      if (cell !== null || !row.cells[column.index]) fault('备案编号没有填写', 'there is no project code', 'missing');
      return '';
    }
    if ((cell?.is === 'number' && !isExactNumber(code)) || /^\d+(\.\d+)?E\+?\d+$/i.test(code)) {
      fault(
        `“${printable(code, 40)}”是数字格式，后几位已丢失，请把该列设为文本后重新填写`,
        `"${printable(code, 40)}" is a number whose last digits are lost; make the column text and write it anew`,
      );
      return code;
    }
    const first = this.#rowOf.get(code);
    if (first !== undefined)
      fault(`与第 ${first} 行重复（${printable(code, 40)}）`, `the same as in row ${first} (${printable(code, 40)})`);
    else this.#rowOf.set(code, row.row);
    if (!/^\d{14}$/.test(code))
      this.warnings.add('project-code-unusual', '', { row: row.row, field: column.field }, (count) => ({
        zh: `${count} 个备案编号不是 14 位数字（首个在第 ${row.row} 行：${printable(code, 40)}），按原样登记`,
        en: `${count} project codes are not 14 digits (first in row ${row.row}: ${printable(code, 40)}); kept as they are`,
      }));
    return code;
  }

  #status(row: TableRow): Project['status'] | null {
    const column = this.#column('status');
    const cell = this.#cell(row, 'status');
    if (cell === null) {
      if (!row.cells[column.index])
        this.faults.add(
          row.row,
          column,
          { zh: '没有填写，应为“已核定”或“待核定”', en: 'empty; 已核定 (certified) or 待核定 (pending)' },
          'missing',
        );
      return null;
    }
    const word = cell.text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();
    for (const status of ['certified', 'pending'] as const) if (statusWords[status].includes(word)) return status;
    const shown = printable(cell.text, 40);
    this.faults.add(row.row, column, {
      zh: `不认识“${shown}”，应为“已核定”或“待核定”`,
      en: `"${shown}" is no status; 已核定 (certified) or 待核定 (pending)`,
    });
    return null;
  }

  #date(row: TableRow, id: 'started_on' | 'accepted_on', unknownDay: 'first' | 'last'): string | null {
    const cell = this.#cell(row, id);
    if (cell === null) return null;
    const column = this.#column(id);
    const date = readDate(cell.text, unknownDay);
    const shown = printable(cell.text, 40);
    if (date === null) {
      const said = dateHint(cell);
      this.faults.add(row.row, column, {
        zh: said?.zh ?? `“${shown}”不是 1950–2100 年的日期，例如 2021-03-15`,
        en: said?.en ?? `"${shown}" is no date of 1950–2100, e.g. 2021-03-15`,
      });
    } else if (/^\d{4}\D*$|^\d{4}\s*[-/.年]\s*\d{1,2}\s*月?$|^\d{6}$/.test(cell.text.trim())) {
      this.warnings.add('date-incomplete', id, { row: row.row, field: column.field }, (count) => ({
        zh: `“${column.field}”有 ${count} 个值没有写到日（首个在第 ${row.row} 行：${shown}），按${unknownDay === 'first' ? '第一天' : '最后一天'}登记`,
        en: `${count} values of "${column.field}" have no day (first in row ${row.row}: ${shown}); the ${unknownDay} day is taken`,
      }));
    }
    return date;
  }

  #figure(row: TableRow, id: RegisterColumn): { value: number; text: string } | null {
    const cell = this.#cell(row, id);
    if (cell === null) return null;
    const value = readNumber(cell.text);
    if (value !== null && value >= 0) return { value, text: cell.text };
    const shown = printable(cell.text, 40);
    this.faults.add(row.row, this.#column(id), {
      zh: `“${shown}”不是大于等于 0 的数`,
      en: `"${shown}" is no number of 0 or more`,
    });
    return null;
  }

  #area(row: TableRow, id: 'certified_area' | 'certified_paddy'): number | null {
    const figure = this.#figure(row, id);
    if (figure === null) return null;
    const { unit } = this.#heading;
    const fault = (zh: string, en: string) => this.faults.add(row.row, this.#column(id), { zh, en });
    const stated = readAreaUnit(figure.text);
    const shown = printable(figure.text, 40);
    if (/(公斤|kg)$/i.test(figure.text.trim()) || (stated !== null && stated !== unit)) {
      fault(
        `“${shown}”的单位与本列（${areaUnitTitle[unit].zh}）不符`,
        `the unit of "${shown}" is not that of the column (${areaUnitTitle[unit].en})`,
      );
      return null;
    }
    const m2 = toSquareMetres(figure.value, unit);
    if (m2 > mostAreaM2)
      fault(`“${shown}”超过 10 万公顷，请核对单位`, `"${shown}" is over 100,000 hectares; look at the unit`);
    return m2;
  }

  #capacity(row: TableRow): number | null {
    const figure = this.#figure(row, 'certified_capacity');
    if (figure === null) return null;
    const kg = this.#heading.capacity_kg;
    if (readAreaUnit(figure.text) !== null || (kg !== 1 && /(公斤|kg)$/i.test(figure.text.trim()))) {
      const shown = printable(figure.text, 40);
      this.faults.add(row.row, this.#column('certified_capacity'), {
        zh: `“${shown}”的单位与本列不符`,
        en: `the unit of "${shown}" is not that of the column`,
      });
      return null;
    }
    return figure.value * kg;
  }

  #together(project: Project): void {
    const {
      row_no: row,
      status,
      certified_area_m2: area,
      certified_paddy_m2: paddy,
      certified_capacity_kg: kg,
    } = project;
    const fault = (id: RegisterColumn, zh: string, en: string, kind?: 'missing') =>
      this.faults.add(row, this.#column(id), { zh, en }, kind);
    if (status === 'certified' && area === null)
      fault('certified_area', '“已核定”的项目必须填写核定数量', 'a certified project needs its area', 'missing');
    if (status === 'certified' && area === 0)
      fault('certified_area', '“已核定”的项目数量不能为 0', 'a certified project cannot have an area of 0');
    if (status === 'certified' && project.certificate_no === null)
      fault(
        'certificate_no',
        '“已核定”的项目必须填写合格证编号',
        'a certified project needs its certificate',
        'missing',
      );
    // a hair of rounding: both are converted from the same unit
    if (paddy !== null && area !== null && paddy > area * (1 + 1e-12))
      fault('certified_paddy', '水田大于数量', 'more paddy than area');
    if (paddy !== null && area === null)
      fault('certified_area', '填了水田却没有数量', 'there is paddy and no area', 'missing');
    if (kg !== null && area !== null && kg > area * mostCapacityKgPerM2)
      fault(
        'certified_capacity',
        '产能超过每公顷 15 万公斤，请核对单位',
        'over 150,000 kg a hectare; look at the unit',
      );
    if (project.started_on !== null && project.accepted_on !== null && project.accepted_on < project.started_on)
      fault(
        'accepted_on',
        `验收（${project.accepted_on}）早于立项（${project.started_on}）`,
        `accepted ${project.accepted_on}, before it started ${project.started_on}`,
      );
    if (project.started_on === null)
      this.warnings.add('start-missing', '', { row, field: this.#column('started_on').field }, (count) => ({
        zh: `${count} 个项目没有立项日期（首个在第 ${row} 行），比对年份只能按备案编号推断`,
        en: `${count} projects have no start (first in row ${row}); their base year can only be guessed from the code`,
      }));
  }

  /** Ledgers end in a line 合计; it is no project, and says whether a row was lost on the way. */
  #isTotal({ cells }: TableRow): boolean {
    const first = cells.find((cell) => cell !== null);
    return (
      /^(合\s*计|总\s*计|小\s*计|共\s*计)/.test(first?.text ?? '') &&
      !/^\d/.test(cells[this.#column('project_code').index]?.text ?? '')
    );
  }

  #total(row: TableRow): void {
    const { unit } = this.#heading;
    const column = this.#column('certified_area');
    const stated = readNumber(row.cells[column.index]?.text);
    const sum = this.projects.reduce((total, { certified_area_m2 }) => total + (certified_area_m2 ?? 0), 0);
    const read = fromSquareMetres(sum, unit);
    const where = { row: row.row, field: column.field };
    if (stated !== null && Math.abs(stated - read) > 0.01)
      this.warnings.add('total-differs', String(row.row), where, () => ({
        zh: `第 ${row.row} 行合计 ${stated}，其上各行之和为 ${read.toFixed(4)}（${areaUnitTitle[unit].zh}），请核对是否漏行`,
        en: `row ${row.row} gives a total of ${stated}, the rows above it sum to ${read.toFixed(4)} (${areaUnitTitle[unit].en}); is a row missing?`,
      }));
    else
      this.warnings.add('total-skipped', '', where, (count) => ({
        zh: `${count} 行合计不作为项目登记`,
        en: `${count} lines of totals are no projects`,
      }));
  }
}
