import { DEFAULTS } from '../../api/limits';
import type { Agree, Coarse, DescentStepSize, Sampling, StepSize } from '../../api/types';
import type { Draft } from '../../document/draft';
import { edit } from '../../document/store';

export type SamplingDraft = Draft['sampling'];

/** Change the sampling. Quick edits of the same settings are undone together. */
export const set = (part: Partial<SamplingDraft>) =>
  edit((draft) => ({ ...draft, sampling: { ...draft.sampling, ...part } }), Object.keys(part).join(' '));

const setIn = <Name extends 'agree' | 'windows'>(name: Name, part: Partial<Sampling[Name]>) =>
  edit(
    (draft) => ({ ...draft, sampling: { ...draft.sampling, [name]: { ...draft.sampling[name], ...part } } }),
    `${name} ${Object.keys(part).join(' ')}`,
  );

export const setAgree = (part: Partial<Agree>) => setIn('agree', part);
export const setWindows = (part: Partial<Sampling['windows']>) => setIn('windows', part);

/** Make this many images, and keep all of them if they are not more than there were to keep. */
export const setImages = (images: number) =>
  edit(({ keep, ...draft }) => ({ ...draft, images, keep: keep !== null && keep < images ? keep : null }), 'images');

export const setKeep = (keep: number | null) => edit((draft) => ({ ...draft, keep }), 'keep');

/** The seed of the whole picture. */
export const setSeed = (seed: number | null) => set({ seed });

const COARSE: Coarse = { weight: DEFAULTS.Coarse.weight, prompt: null, guidance: null, active: [0, 1] };
export type CoarseChoice = 'default' | 'on' | 'off';

export const coarseChoice = ({ coarse }: SamplingDraft): CoarseChoice =>
  coarse == null ? 'default' : coarse.weight > 0 ? 'on' : 'off';

/** The coarse view when it is switched on: the model's default if there is one. */
export const coarseOf = (choice: CoarseChoice, byDefault?: Coarse | null): Coarse | null => {
  if (choice === 'default') return null;
  return choice === 'off' ? { ...COARSE, weight: 0 } : byDefault && byDefault.weight > 0 ? byDefault : COARSE;
};

/** A free lambda, with a penalty that is low enough to have an effect. */
const MOVING: StepSize = { mu: 0.03, min: DEFAULTS.StepSize.min, max: DEFAULTS.StepSize.max };
const DESCENDING: DescentStepSize = { rho: 0.1, rate: DEFAULTS.DescentStepSize.rate };

/** A free lambda in the form of this solver: the present one if it has that form. */
export function movingBy(solver: Agree['solver'], now: StepSize | DescentStepSize | null): StepSize | DescentStepSize {
  if (solver === 'descent') return now && 'rho' in now ? now : DESCENDING;
  return now && 'mu' in now ? now : MOVING;
}
