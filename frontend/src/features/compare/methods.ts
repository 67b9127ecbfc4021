import type { Compiled, CustomGraph, Job } from '../../api/types';
import { words } from '../../words/words';

/** A method that a layout can be sent through. */
export type Method = 'tiles' | 'multidiffusion' | 'ours' | 'paper';

/** A method's job, or the reason why this layout has none. */
export type Asked = { method: Method; job: Job } | { method: Method; why: string };

/** No coarse view, and no noise beyond that of the scheduler: what `benchmarks/quality/methods.py` calls ALONE. */
function alone({ sampling }: Job): Job['sampling'] {
  const { fresh: _, ...rest } = sampling;
  return {
    ...rest,
    coarse: { weight: 0, active: [0, 1] },
    eta: 0,
    harmonise: 0,
    corrector_steps: 0,
    agree: { solver: 'auto', step_size: 'fixed', space: sampling.agree.space },
    windows: {
      size: sampling.windows.size ?? null,
      stride: strideOf(sampling.windows),
      weights: 'uniform',
      shift: false,
    },
  };
}

/** The stride of windows that overlap: the job's own, or null for the model's. */
function strideOf({ size, stride, shift }: Job['sampling']['windows']): number | null {
  return shift || stride == null || (size != null && stride >= size) ? null : stride;
}

const withSampling = (job: Job, sampling: Partial<Job['sampling']>): Job => ({
  ...job,
  sampling: { ...alone(job), ...sampling },
});

/** Windows without a cell in common. A scene's background and object are each made by themselves, and the object is pasted. */
function tiles(job: Job, ours: Compiled): Asked {
  const method = 'tiles';
  const { kind } = job.layout;
  if (kind === 'portrait' || kind === 'illusion' || kind === 'custom')
    return { method, why: words.compare.noTiles[kind] };
  const { size } = ours.job.sampling.windows;
  const { windows } = alone(job);
  return { method, job: withSampling(job, { windows: { ...windows, size: size ?? null, stride: size ?? null } }) };
}

/** A job's graph without the views of one group, as a graph of its own. */
export function withoutGroup({ job, graph }: Compiled, group: string): Job {
  const observables = graph.observables.filter(({ precision }) => precision.group !== group);
  const layout: Job['layout'] = { kind: 'custom', graph: { ...graph, observables } as CustomGraph };
  const { models: _, adapters: __, ...rest } = job;
  return {
    ...rest,
    layout,
    sampling: { ...job.sampling, coarse: null, windows: { weights: 'uniform', shift: false } },
  };
}

/** The job of one picture with a fixed seed, as the methods and the variations send it. */
export const single = (job: Job, seed: number): Job => ({
  ...job,
  images: 1,
  keep: null,
  outputs: null,
  sampling: { ...job.sampling, seed },
});

/** The jobs of all methods for one job with a fixed seed. `ours` is that job as the server compiles it. The paper's job is
 * its own descent on X and lambda (Eq. 41), with the settings that docs/quality.md measures. */
export function methodsOf(job: Job, ours: Compiled): Asked[] {
  const descent = { solver: 'descent', iterations: 30, rate: 1, step_size: { rho: 1, rate: 0.3 } } as const;
  const { space } = job.sampling.agree;
  return [
    tiles(job, ours),
    { method: 'multidiffusion', job: withSampling(job, {}) },
    { method: 'ours', job },
    { method: 'paper', job: withSampling(job, { scheduler: 'ddim', agree: { ...descent, space } }) },
  ];
}

/** A text that two compiled jobs share exactly if they make the same picture. */
export function runOf({ job, graph }: Compiled): string {
  const { coarse: _, windows: __, ...sampling } = job.sampling;
  return JSON.stringify([sampling, job.start, graph]);
}
