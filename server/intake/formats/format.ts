/** What an input format has to give. A file is gone through twice: `survey` learns, `rows` gives. */
import type { IntakeLimits } from '../../domain/limits.ts';
import type { Extremes } from '../place-extent.ts';
import type { CrsStatement } from '../prj.ts';
import type { EncodingDecision, SourceField, SourceOptions, SourceReport, SpoolRow, Warning } from '../source-types.ts';

export interface ReadJob {
  path: string;
  /** name shown to people */
  fileName: string;
  options: SourceOptions;
  limits: IntakeLimits;
  /** a folder of this job's own, removed after it */
  tempDir: string;
  /** the file is a copy of this job's own already */
  ours?: boolean;
}

/** Share done of the stage at hand, 0–1. Call it at least every second of work: a silent parser is killed. */
export type Progress = (share: number) => void;

export interface SurveyedLayer {
  name: string;
  /** file of the layer as shown to people; `source_file` of its rows */
  file: string;
  /** rows not deleted */
  featureCount: number;
  said: CrsStatement;
  /** null where no row has a coordinate */
  extremes: Extremes | null;
}

export interface Survey {
  layers: SurveyedLayer[];
  encoding: EncodingDecision | null;
  fields: SourceField[];
  /** second pass: every row, in file order; coordinates as they stand in the file, warnings into `warnings` */
  rows(progress: Progress): Iterable<SpoolRow>;
  /** complete only after `rows` is exhausted */
  warnings(): Warning[];
  close(): void;
}

export interface VectorFormat {
  id: SourceReport['format'];
  /** by content: the first 64 KB */
  sniff(head: Buffer): boolean;
  /** of a zip, by the names in it: is it an archive of files of this format? Asked before what `sniff` found is taken */
  inArchive?(names: readonly string[], sublayer?: string): boolean;
  /** `archive`: the file is a zip that `inArchive` knew */
  survey(job: ReadJob, progress: Progress, archive?: boolean): Promise<Survey>;
}
