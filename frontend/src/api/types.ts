import type { components } from './schema';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type Layout = Job['layout'];
export type Kind = Layout['kind'];
export type Panorama = Schemas['Panorama'];
export type Patch = Schemas['Patch'];
export type Regions = Schemas['Regions'];
export type Scene = Schemas['Scene'];
export type Portrait = Schemas['Portrait'];
export type Illusion = Schemas['Illusion'];
export type IllusionView = Schemas['IllusionView'];
export type Transform = IllusionView['transform'];
export type Texture = Schemas['Texture'];
export type Prompted = Schemas['Prompted'];
export type Control = NonNullable<Prompted['control']>;
export type PoseControl = Schemas['PoseControl'];
/** A guide as a job document has it: a sketch, a palette, or a picture to keep close to. */
export type SentGuide = Texture['guides'][number];
export type SentGuideOf<Kind extends SentGuide['kind']> = Extract<SentGuide, { kind: Kind }>;
export type Start = NonNullable<Job['start']>;
export type Sampling = Schemas['Sampling'];
export type Preset = Schemas['Preset'];
export type Fresh = Schemas['Fresh'];
export type Agree = Schemas['Agree'];
export type StepSize = Schemas['StepSize'];
export type DescentStepSize = Schemas['DescentStepSize'];
export type Coarse = Schemas['Coarse'];
export type Canvas = Schemas['Canvas'];
export type Box = Schemas['Box'];
export type SnappedBox = Schemas['SnappedBox'];
export type JobResource = Schemas['JobResource'];
/** A request to continue a job with another number of steps. */
export type Continuation = Schemas['Continuation'];
/** How much waits and runs, and what is paused. */
export type QueueState = Schemas['Queue'];
/** A change of how a waiting job waits. */
export type Waiting = Schemas['Waiting'];
/** A worker, a reconciler or an API process of the server. */
export type Process = Schemas['Process'];
export type JobPage = Schemas['JobPage'];
export type Session = Schemas['Session'];
export type User = Schemas['User'];
export type Key = Schemas['Key'];
export type NewKey = Schemas['NewKey'];
export type SharedLink = Schemas['SharedLink'];
export type AuditEntry = Schemas['AuditEntry'];
export type State = JobResource['state'];
export type Compiled = Schemas['Compiled'];
export type GraphSpec = Schemas['GraphSpec'];
/** A graph as its user writes it, with fields that may be left out. */
export type CustomGraph = Schemas['CustomGraph'];
/** A kind of preview: the prediction, the sampler's noisy state, or the places where the views disagree. */
export type PreviewSide = Schemas['Show']['what'];
/** The nodes of which the server keeps frames of a run. */
export type KeptFrames = Job['preview']['keep'];
export type Legend = Omit<Schemas['Legend'], 'low_colour' | 'high_colour'> & {
  low_colour: readonly number[];
  high_colour: readonly number[];
};
export type FrameIndex = Omit<Schemas['FrameIndex'], 'legends'> & { legends: Readonly<Record<string, Legend>> };
export type Operator = GraphSpec['observables'][number]['operator'];
export type ModelDescription = Schemas['ModelDescription'];
export type OfferedModel = Schemas['OfferedModel'];
export type AdapterDescription = Schemas['AdapterDescription'];
export type PictureControl = Schemas['PictureControl'];
export type Output = Schemas['Output'];
export type Upload = Schemas['Upload'];
export type Problem = Schemas['Problem'];
export type Event =
  | Schemas['JobQueued']
  | Schemas['JobStarted']
  | Schemas['JobProgress']
  | Schemas['JobNotice']
  | Schemas['JobSucceeded']
  | Schemas['JobFailed']
  | Schemas['JobCancelled'];
