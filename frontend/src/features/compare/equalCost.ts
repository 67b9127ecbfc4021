import { LIMITS } from '../../api/limits';
import type { Compiled, Job } from '../../api/types';

const TRIES = 6; // the cost is nearly proportional to the steps, so one is mostly enough
const MOST = LIMITS.Sampling.steps.max;

const withSteps = (job: Job, steps: number): Job => ({ ...job, sampling: { ...job.sampling, steps } });

const distance = ({ cost }: Compiled, forwards: number): number => Math.abs(cost - forwards);

/** The steps of a compiled job. The server has filled them in. */
export function stepsOf({ job }: Compiled): number {
  if (job.sampling.steps == null) throw new Error('The server compiled a job without its steps.');
  return job.sampling.steps;
}

/** The view-forwards of one step. */
export const ofOneStep = (made: Compiled): number => made.cost / stepsOf(made);

/** The job with the number of steps at which its view-forwards are nearest to `forwards`. `compile` asks the server what a
 * job costs. */
export async function atCost(
  made: Compiled,
  forwards: number,
  compile: (job: Job) => Promise<Compiled>,
): Promise<Compiled> {
  let best = made;
  let now = made;
  const asked = new Set([stepsOf(made)]);
  for (let turn = 0; turn < TRIES; turn++) {
    const steps = Math.min(MOST, Math.max(1, Math.round(forwards / ofOneStep(now))));
    if (asked.has(steps)) break;
    asked.add(steps);
    now = await compile(withSteps(now.job, steps));
    if (distance(now, forwards) < distance(best, forwards)) best = now;
  }
  return best;
}
