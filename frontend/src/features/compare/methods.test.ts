import { expect, it } from 'vitest';
import type { Compiled, Job } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { toJob } from '../../document/job';
import { type Asked, methodsOf, runOf, single, withoutGroup } from './methods';

const drafted = (kind: Job['layout']['kind'], sampling: Partial<typeof EMPTY.sampling> = {}): Job => {
  const draft = { ...EMPTY, kind, sampling: { ...EMPTY.sampling, ...sampling }, images: 3, keep: 1 };
  return toJob(draft, { model: 'papercut' }) as Job;
};

/** The answer of the server, as far as the methods read it. */
function compiledOf(job: Job, size = 128): Compiled {
  const windows = { ...job.sampling.windows, size };
  return { job: { ...job, sampling: { ...job.sampling, windows } }, graph: { observables: [] } } as never;
}

const asked = (kind: Job['layout']['kind'], sampling: Partial<typeof EMPTY.sampling> = {}) => {
  const job = single(drafted(kind, sampling), 7);
  return new Map<string, Asked>(methodsOf(job, compiledOf(job)).map((one) => [one.method, one]));
};

const samplingOf = (one: Asked | undefined) => (one && 'job' in one ? one.job.sampling : undefined);

it('sends one picture with one seed through every method', () => {
  const all = [...asked('regions', { steps: 12 }).values()];
  expect(all.map(({ method }) => method)).toEqual(['tiles', 'multidiffusion', 'ours', 'paper']);
  for (const one of all) {
    expect(one).toMatchObject({ job: { images: 1, keep: null, sampling: { seed: 7, steps: 12 } } });
  }
});

it('takes from the other methods what is ours', () => {
  const own = { eta: 0.5, harmonise: 2, coarse: { weight: 4, active: [0, 0.5] }, fresh: { share: 1, active: [0, 1] } };
  const made = asked('panorama', { ...own, windows: { weights: 'gaussian', shift: true } });
  const bare = { eta: 0, harmonise: 0, corrector_steps: 0, coarse: { weight: 0 } };
  for (const method of ['tiles', 'multidiffusion', 'paper']) {
    expect(samplingOf(made.get(method))).toMatchObject({ ...bare, windows: { weights: 'uniform', shift: false } });
    expect(samplingOf(made.get(method))).not.toHaveProperty('fresh');
  }
  expect(samplingOf(made.get('ours'))).toMatchObject(own);
});

it('lays tiles a whole window apart, and says where there are none', () => {
  expect(samplingOf(asked('texture').get('tiles'))?.windows).toMatchObject({ size: 128, stride: 128 });
  const tiled = asked('panorama', { windows: { size: 128, stride: 128, weights: 'uniform', shift: false } });
  expect(samplingOf(tiled.get('multidiffusion'))?.windows.stride).toBeNull();
  for (const kind of ['portrait', 'illusion'] as const) {
    expect(asked(kind).get('tiles')).toHaveProperty('why');
  }
});

it('gives the paper its own descent on X and lambda', () => {
  expect(samplingOf(asked('regions', { scheduler: 'dpmsolver++' }).get('paper'))).toMatchObject({
    scheduler: 'ddim',
    agree: { solver: 'descent', iterations: 30, rate: 1, step_size: { rho: 1 } },
  });
});

it('leaves the whole of a scene out of its tiles', () => {
  const views = ['background', 'object', 'whole'].map((group) => ({ name: group, precision: { group } }));
  const made = { ...compiledOf(drafted('scene')), graph: { observables: views } } as never;
  expect(withoutGroup(made, 'whole').layout).toMatchObject({
    kind: 'custom',
    graph: { observables: [{ name: 'background' }, { name: 'object' }] },
  });
});

it('knows two methods that make the same picture', () => {
  const one = compiledOf(drafted('regions', { coarse: { weight: 0, active: [0, 1] } }));
  expect(runOf(one)).toBe(runOf(compiledOf(drafted('regions'), 64)));
  expect(runOf(one)).not.toBe(runOf(compiledOf(drafted('regions', { eta: 1 }))));
});
