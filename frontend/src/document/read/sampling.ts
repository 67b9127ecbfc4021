import { DEFAULTS } from '../../api/limits';
import type { Agree, Coarse, Fresh, Sampling } from '../../api/types';
import { choice, fading, field, list, object, only, optional, range } from './fields';

const SCHEDULERS = ['ddim', 'dpmsolver++', 'flow-euler'] as const;
const SPACINGS = ['timesteps', 'log-snr'] as const;
const PRESETS = ['fast', 'best'] as const;
const SOLVERS = ['auto', 'diagonal', 'conjugate', 'gradient', 'descent', 'counting'] as const;
const SAMPLING = [
  ...['model', 'preset', 'steps', 'scheduler', 'spacing', 'guidance', 'guidance_rescale', 'eta', 'fresh', 'seed'],
  ...['agree', 'harmonise', 'corrector_steps', 'coarse', 'windows', 'finer'],
];

function readAgree(value: unknown): Agree {
  const where = 'sampling.agree';
  const agree = object(value ?? {}, where);
  only(agree, where, ['solver', 'step_size', 'iterations', 'rate', 'space']);
  const solver = choice(agree, where, 'solver', SOLVERS, 'auto');
  return {
    // "auto" chooses the diagonal solver if it can solve the graph. Left at "auto", it still fits after the next change.
    solver: solver === 'diagonal' ? 'auto' : solver,
    step_size: readStepSize(agree.step_size),
    iterations: optional(agree, where, 'iterations', 'number'),
    rate: optional(agree, where, 'rate', 'number'),
    space: choice(agree, where, 'space', ['latent', 'pixels'], 'latent'),
  };
}

function readStepSize(value: unknown): Agree['step_size'] {
  if (value == null || value === 'fixed') return 'fixed';
  const where = 'sampling.agree.step_size';
  const size = object(value, where);
  if ('rho' in size) {
    only(size, where, ['rho', 'rate']);
    return {
      rho: field(size, where, 'rho', 'number'),
      rate: field(size, where, 'rate', 'number', DEFAULTS.DescentStepSize.rate),
    };
  }
  only(size, where, ['mu', 'min', 'max']);
  return {
    mu: field(size, where, 'mu', 'number'),
    min: field(size, where, 'min', 'number', DEFAULTS.StepSize.min),
    max: field(size, where, 'max', 'number', DEFAULTS.StepSize.max),
  };
}

function readCoarse(value: unknown): Coarse | null {
  if (value == null) return null;
  const where = 'sampling.coarse';
  const coarse = object(value, where);
  only(coarse, where, ['weight', 'prompt', 'guidance', 'active', 'fade']);
  return {
    weight: field(coarse, where, 'weight', 'number', DEFAULTS.Coarse.weight),
    prompt: optional(coarse, where, 'prompt', 'string'),
    guidance: optional(coarse, where, 'guidance', 'number'),
    active: range(coarse.active, `${where}.active`),
    ...fading(coarse, where),
  };
}

function readFresh(value: unknown): Fresh | null {
  if (value == null) return null;
  const where = 'sampling.fresh';
  const fresh = object(value, where);
  only(fresh, where, ['share', 'active', 'filled']);
  return {
    share: field(fresh, where, 'share', 'number', DEFAULTS.Fresh.share),
    active: range(fresh.active, `${where}.active`),
    filled: optional(fresh, where, 'filled', 'number'),
  };
}

function readWindows(value: unknown): Sampling['windows'] {
  const where = 'sampling.windows';
  const windows = object(value ?? {}, where);
  only(windows, where, ['size', 'stride', 'weights', 'shift']);
  return {
    size: optional(windows, where, 'size', 'number'),
    stride: optional(windows, where, 'stride', 'number'),
    weights: choice(windows, where, 'weights', ['uniform', 'gaussian'], 'uniform'),
    shift: field(windows, where, 'shift', 'boolean', false),
  };
}

function readFiner(value: unknown): Sampling['finer'] {
  return list(value ?? [], 'sampling.finer').map((one, index) => {
    const where = `sampling.finer.${index}`;
    const rest = object(one, where);
    only(rest, where, ['after', 'steps']);
    return { after: field(rest, where, 'after', 'number'), steps: field(rest, where, 'steps', 'number') };
  });
}

export function readSampling(value: unknown): Sampling {
  const where = 'sampling';
  const sampling = object(value, where);
  only(sampling, where, SAMPLING);
  return {
    model: field(sampling, where, 'model', 'string'),
    preset: sampling.preset == null ? null : choice(sampling, where, 'preset', PRESETS, 'fast'),
    steps: optional(sampling, where, 'steps', 'number'),
    scheduler: sampling.scheduler == null ? null : choice(sampling, where, 'scheduler', SCHEDULERS, 'ddim'),
    spacing: sampling.spacing == null ? null : choice(sampling, where, 'spacing', SPACINGS, 'timesteps'),
    guidance: optional(sampling, where, 'guidance', 'number'),
    guidance_rescale: field(sampling, where, 'guidance_rescale', 'number', 0),
    eta: optional(sampling, where, 'eta', 'number'),
    fresh: readFresh(sampling.fresh),
    seed: optional(sampling, where, 'seed', 'number'),
    agree: readAgree(sampling.agree),
    harmonise: field(sampling, where, 'harmonise', 'number', 0),
    corrector_steps: field(sampling, where, 'corrector_steps', 'number', 0),
    coarse: readCoarse(sampling.coarse),
    windows: readWindows(sampling.windows),
    finer: readFiner(sampling.finer),
  };
}
