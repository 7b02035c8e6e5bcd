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
import { type KeptIntake, readKept, writeKept } from './kept-intake.ts';
import { pause } from './runs.ts';
import { createSender } from './sending.ts';
import { createTask } from './task.ts';

/** A line that is away while a job goes on is waited for: half a minute. */
const patience = { tries: 15, everyMs: 2000 };

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
  /** what is shown of the chosen file; after a reload of the page there are no bytes behind it */
  const file = shallowRef<{ name: string; size: number } | null>(null);
  let bytes: File | null = null;
  const sender = createSender(api.sendFile, api.dropUpload);
  const wanted = reactive<Corrections>(none());
  const report = shallowRef<DryRun | null>(null);
  /** the reading under the report, as text; a different one must be looked at before it is stored */
  const lookedWith = ref('');
  /** the job that looked last, and the reading it was given */
  const lookJob = ref<string | null>(null);
  const lookReading = ref('');
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
    const heard = (share: number) => {
      progress.value = Math.max(progress.value ?? 0, share);
    };
    for (let misses = 0; ; ) {
      const job = await api.job(jobId, signal).catch((thrown: unknown) => {
        const away = thrown instanceof ApiProblem && thrown.code === 'unreachable';
        if (!away || ++misses > patience.tries) throw thrown;
        return null;
      });
      if (job === null) {
        await pause(patience.everyMs, signal);
        continue;
      }
      misses = 0;
      heard(job.progress);
      if (job.state === 'succeeded' && job.result) return job.result;
      if (job.state === 'failed') throw new ApiProblem(job.problem ?? { code: 'not-understood' });
      if (job.state === 'cancelled') throw new ApiProblem({ code: 'stopped' });
      await api.followJob(jobId, signal, heard);
    }
  }

  /** Asks about the bytes that are with the server; sends them first, and again where the server has let them go meanwhile. */
  async function ask(reading: Reading, dryRun: boolean, signal: AbortSignal): Promise<UploadAnswer> {
    for (let anew = false; ; anew = true) {
      // once it is there, the file is not looked at again: what is stored is what was sent
      const uploadId = sender.uploadId.value ?? (await sender.whole(await stillThere(bytes), signal));
      try {
        return await api.uploadParcels(uploadId, reading, { dryRun, signal });
      } catch (thrown) {
        const gone = thrown instanceof ApiProblem && thrown.where.field === 'upload_id' && thrown.code === 'not-found';
        if (!gone || anew) throw thrown;
        sender.lost();
      }
    }
  }

  /** @param going a job of before the page was loaded again, with its reading as text */
  const look = createTask(async (signal, going?: { job: string; reading: string }) => {
    const reading = going?.reading ?? JSON.stringify(readingOf(wanted));
    progress.value = null;
    try {
      const job = going?.job ?? (await ask(JSON.parse(reading) as Reading, true, signal)).job_id!;
      [lookJob.value, lookReading.value] = [job, reading];
      const stop = () => void api.cancelJob(job).catch(() => undefined);
      signal.addEventListener('abort', stop);
      try {
        take(await finished(job, signal));
      } finally {
        signal.removeEventListener('abort', stop);
      }
      lookedWith.value = reading;
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

  /** @param going a job of before the page was loaded again */
  const store = createTask(async (signal, going?: string) => {
    progress.value = null;
    storingJob.value = going ?? null;
    try {
      // read back, so that what is shown is what is there
      const show = async (setId: string, existing: boolean) => {
        stored.value = { ...(await api.parcelSet(setId, signal)), existing };
      };
      if (going !== undefined) return await show((await finished(going, signal)).parcel_set_id, false);
      // what was looked at, whatever has been changed since
      const answer = await ask(JSON.parse(lookedWith.value) as Reading, false, signal);
      if (answer.created_at !== undefined) return await show(answer.parcel_set_id, true);
      storingJob.value = answer.job_id;
      await finished(answer.job_id, signal);
      await show(answer.parcel_set_id, false);
    } finally {
      storingJob.value = null;
    }
  });

  /** Asks the job to end; what becomes of it is told by the job itself, which may have been faster. */
  async function stopStoring(): Promise<void> {
    if (storingJob.value !== null) await api.cancelJob(storingJob.value).catch(() => undefined);
  }

  function choose(chosen: File): void {
    leave();
    bytes = chosen;
    file.value = { name: chosen.name, size: chosen.size };
    void glance.start(chosen);
    void look.start();
  }

  function leave(): void {
    for (const task of [look, glance, store]) task.stop();
    sender.forget();
    bytes = null;
    file.value = null;
    lookJob.value = null;
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
    const { result } = await api.job(lookJob.value ?? '').catch(() => ({ result: undefined }));
    if (result && report.value === before) report.value = result;
  }

  /** All shapes of the file in lon/lat, as the browser reads them; a system just chosen moves them at once. Empty where it cannot. */
  const shapes = computed(() => placed(instant.value, wanted.srid ?? report.value?.decisions.crs.srid));
  /** the problem of the report that the map points at */
  const pointed = ref<number | null>(null);
  watch(report, () => {
    pointed.value = null;
  });

  watch(
    [file, sender.uploadId, wanted, lookJob, storingJob, stored],
    () => {
      const uploadId = sender.uploadId.value;
      const going = { lookJob: lookJob.value, storeJob: storingJob.value, reading: lookReading.value };
      writeKept(
        file.value && uploadId && !stored.value
          ? { ...file.value, uploadId, wanted: { ...wanted, fields: { ...wanted.fields } }, ...going }
          : null,
      );
    },
    { deep: true },
  );
  /** Goes on where the page was when it was loaded again. */
  function restore({
    name,
    size,
    uploadId,
    wanted: corrected,
    lookJob: job,
    storeJob,
    reading,
  }: KeptIntake<Corrections>) {
    file.value = { name, size };
    Object.assign(wanted, corrected);
    sender.uploadId.value = uploadId;
    if (job !== null) void look.start({ job, reading });
    else void look.start();
    if (storeJob !== null) void store.start(storeJob);
  }
  const kept = readKept<Corrections>();
  if (kept !== null) restore(kept);

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
