import { type Static, Type } from 'typebox';
import { Json, Nullable, Problem, Time, Uuid } from './common.ts';

export const jobStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export const Job = Type.Object({
  job_id: Uuid,
  kind: Type.String({ description: 'receive-parcels, receive-layer, receive-register, run, replay' }),
  state: Type.Enum([...jobStates]),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  subject_id: Nullable(Type.String({ description: '所处理的图层、地块集或核查任务的编号' })),
  result: Type.Optional(Json),
  problem: Type.Optional(Problem),
  created_at: Time,
  updated_at: Time,
});
export type Job = Static<typeof Job>;
