import type { components } from './schema';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type Layout = Job['layout'];
/** A patch as the studio draws it: a box. */
export type Patch = Schemas['Patch'] & { box: Schemas['Box'] };
export type Regions = Omit<Schemas['Regions'], 'patches'> & { patches: Patch[] };
export type Prompted = Schemas['Prompted'];
export type Sampling = Schemas['Sampling'];
export type Canvas = Schemas['Canvas'];
export type Box = Schemas['Box'];
export type JobResource = Schemas['JobResource'];
export type State = JobResource['state'];
export type Compiled = Schemas['Compiled'];
export type GraphSpec = Schemas['GraphSpec'];
export type ModelDescription = Schemas['ModelDescription'];
export type Output = Schemas['Output'];
export type Problem = Schemas['Problem'];
export type Event =
  | Schemas['JobQueued']
  | Schemas['JobStarted']
  | Schemas['JobProgress']
  | Schemas['JobNotice']
  | Schemas['JobSucceeded']
  | Schemas['JobFailed']
  | Schemas['JobCancelled'];
