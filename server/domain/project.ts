/** A 补充耕地 project as the register has it. Areas are m², capacity is kg. */
export const projectStatuses = ['certified', 'pending'] as const;
export type ProjectStatus = (typeof projectStatuses)[number];

export interface Project {
  project_code: string;
  project_name: string | null;
  township: string | null;
  /** 立项, YYYY-MM-DD */
  started_on: string | null;
  start_document: string | null;
  /** 验收 */
  accepted_on: string | null;
  acceptance_document: string | null;
  /** 合格证 number */
  certificate_no: string | null;
  certified_area_m2: number | null;
  certified_paddy_m2: number | null;
  certified_capacity_kg: number | null;
  status: ProjectStatus;
  /** its row in the file as a spreadsheet numbers it, the heading counted */
  row_no: number;
}

/** What checks ask of a project. */
export interface ProjectFacts {
  start_year: number | null;
  accepted_on: string | null;
  pending: boolean;
}

export const factsOfProject = ({ started_on, accepted_on, status }: Project): ProjectFacts => ({
  start_year: started_on === null ? null : Number(started_on.slice(0, 4)),
  accepted_on,
  pending: status === 'pending',
});

/** As parcels and the register are joined; plain_code in sql/functions says the same. '' is no code. */
export const plainProjectCode = (code: string | null): string =>
  code?.replaceAll(/^[ \t\n\r\u00a0\u3000]+|[ \t\n\r\u00a0\u3000]+$/g, '') ?? '';
