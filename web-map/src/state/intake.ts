/**
 * One file on its way in: looked at by a dry run, read otherwise where the person says so, looked at again, then stored
 * with just that reading, or left. Nothing is stored that was not on the screen before.
 */
import { computed, reactive, ref, shallowRef, watch } from 'vue';
import type { AreaUnit } from '../../../server/domain/area-units.ts';
import type { ApiClient } from '../api/client.ts';
import type { DryRun, ParcelSet, Reading, UploadAnswer } from '../api/intake-types.ts';
import { ApiProblem } from '../api/problem.ts';
import { type InstantReader, type InstantShapes, placed } from '../map/instant-shapes.ts';
import { pause } from './runs.ts';
import { createSender } from './sending.ts';
import { createTask } from './task.ts';

const pollEveryMs = 400;

/** What the person has changed; null or empty where the server decides. */
export interface Corrections {
  srid: number | null;
  encoding: string | null;
  sublayer: string | null;
  regionCode: string;
  areaUnit: AreaUnit | null;
  fields: Record<string, string>;
}

const none = (): Corrections => ({
  srid: null,
  encoding: null,
  sublayer: null,
  regionCode: '',
  areaUnit: null,
  fields: {},
});

export function readingOf({ srid, encoding, sublayer, regionCode, areaUnit, fields }: Corrections): Reading {
  return {
    ...(srid === null ? {} : { srid }),
    ...(encoding === null ? {} : { encoding }),
    ...(sublayer === null ? {} : { sublayer }),
    ...(regionCode.trim() === '' ? {} : { region_code: regionCode.trim() }),
    ...(areaUnit === null ? {} : { area_unit: areaUnit }),
    ...(Object.keys(fields).length === 0 ? {} : { field_map: { ...fields } }),
  };
}

export type Intake = ReturnType<typeof createIntake>;

export function createIntake(api: ApiClient, readInstantly: InstantReader) {
  const file = shallowRef<File | null>(null);
  const sender = createSender(api.sendFile, api.dropUpload);
  const wanted = reactive<Corrections>(none());
  const report = shallowRef<DryRun | null>(null);
  /** the reading under the report, as text; a different one must be looked at before it is stored */
  const lookedWith = ref('');
  const reportJob = ref('');
  /** share of the job that is going; null while the file is on its way */
  const progress = ref<number | null>(null);
  const storingJob = ref<string | null>(null);
  const stored = shallowRef<(ParcelSet & { existing: boolean }) | null>(null);
  /** attributes of the file and layers of the archive, as far as any answer has told them */
  const attributes = shallowRef<string[]>([]);
  const sublayers = shallowRef<string[]>([]);
  /** EPSG codes that could hold the coordinates of a file which names no system */
  const likelySystems = shallowRef<number[]>([]);
  const instant = shallowRef<InstantShapes | null>(null);

  const changed = computed(() => JSON.stringify(readingOf(wanted)) !== lookedWith.value);

  async function finished(jobId: string, signal: AbortSignal): Promise<DryRun> {
    for (;;) {
      const job = await api.job(jobId, signal);
      progress.value = job.progress;
      if (job.state === 'succeeded' && job.result) return job.result;
      if (job.state === 'failed') throw new ApiProblem(job.problem ?? { code: 'not-understood' });
      if (job.state === 'cancelled') throw new ApiProblem({ code: 'stopped' });
      await pause(pollEveryMs, signal);
    }
  }

  /** Asks about the bytes that are with the server; sends them first, and again where the server has let them go meanwhile. */
  async function ask(reading: Reading, dryRun: boolean, signal: AbortSignal): Promise<UploadAnswer> {
    for (let anew = false; ; anew = true) {
      // once it is there, the file is not looked at again: what is stored is what was sent
      const uploadId = sender.uploadId.value ?? (await sender.whole(await stillThere(file.value), signal));
      try {
        return await api.uploadParcels(uploadId, reading, { dryRun, signal });
      } catch (thrown) {
        const gone = thrown instanceof ApiProblem && thrown.where.field === 'upload_id' && thrown.code === 'not-found';
        if (!gone || anew) throw thrown;
        sender.lost();
      }
    }
  }

  const look = createTask(async (signal) => {
    const reading = readingOf(wanted);
    progress.value = null;
    try {
      const { job_id } = await ask(reading, true, signal);
      const stop = () => void api.cancelJob(job_id!).catch(() => undefined);
      signal.addEventListener('abort', stop);
      try {
        take(await finished(job_id!, signal));
      } finally {
        signal.removeEventListener('abort', stop);
      }
      reportJob.value = job_id!;
      lookedWith.value = JSON.stringify(reading);
    } catch (thrown) {
      // what is on the screen is of another reading than the one that failed
      if (!signal.aborted) report.value = null;
      if (thrown instanceof ApiProblem) learn(thrown);
      throw thrown;
    }
  });

  function take(result: DryRun): void {
    report.value = result;
    attributes.value = [...new Set(result.report.preview.flatMap((row) => Object.keys(row.attributes)))];
  }

  /** A refusal that names what would do brings the choices with it. */
  function learn({ code, where: { candidates = [] } }: ApiProblem): void {
    if (code === 'several-shapefiles' || code === 'no-shapefile') sublayers.value = candidates;
    if (code === 'crs-unknown') likelySystems.value = candidates.map((one) => Number(one.replace('EPSG:', '')));
  }

  const glance = createTask(async (signal, chosen: File) => {
    instant.value = await readInstantly(chosen, signal);
  });

  const store = createTask(async (signal) => {
    progress.value = null;
    storingJob.value = null;
    // what was looked at, whatever has been changed since
    const reading = JSON.parse(lookedWith.value) as Reading;
    const answer = await ask(reading, false, signal);
    const existing = answer.created_at !== undefined;
    if (!existing) {
      storingJob.value = answer.job_id;
      await finished(answer.job_id, signal);
    }
    // read back, so that what is shown is what is there
    stored.value = { ...(await api.parcelSet(answer.parcel_set_id, signal)), existing };
  });

  /** Asks the job to end; what becomes of it is told by the job itself, which may have been faster. */
  async function stopStoring(): Promise<void> {
    if (storingJob.value !== null) await api.cancelJob(storingJob.value).catch(() => undefined);
  }

  function choose(chosen: File): void {
    leave();
    file.value = chosen;
    void glance.start(chosen);
    void look.start();
  }

  function leave(): void {
    for (const task of [look, glance, store]) task.stop();
    sender.forget();
    file.value = null;
    Object.assign(wanted, none());
    for (const held of [report, stored, instant]) held.value = null;
    lookedWith.value = '';
    attributes.value = [];
    sublayers.value = [];
    likelySystems.value = [];
  }

  /** The same report with its sentences in the language of the page. */
  async function reword(): Promise<void> {
    const before = report.value;
    if (before === null || look.state.value !== 'done') return;
    const { result } = await api.job(reportJob.value).catch(() => ({ result: undefined }));
    if (result && report.value === before) report.value = result;
  }

  /** All shapes of the file in lon/lat, as the browser reads them; a system just chosen moves them at once. Empty where it cannot. */
  const shapes = computed(() => placed(instant.value, wanted.srid ?? report.value?.decisions.crs.srid));
  /** the problem of the report that the map points at */
  const pointed = ref<number | null>(null);
  watch(report, () => {
    pointed.value = null;
  });

  return {
    ...{ file, wanted, report, changed, progress, storingJob, stored, attributes, sublayers, likelySystems },
    ...{ shapes, pointed, sender },
    ...{ look, store, stopStoring, choose, leave, reword },
  };
}

/** The browser refuses to send a file that was changed after it was chosen; told apart from a server that is gone. */
async function stillThere(file: File | null): Promise<File> {
  try {
    await file!.slice(0, 1).arrayBuffer();
    return file!;
  } catch (cause) {
    throw new ApiProblem({ code: 'file-changed' }, { cause });
  }
}
