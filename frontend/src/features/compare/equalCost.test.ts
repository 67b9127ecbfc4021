import { describe, expect, it } from 'vitest';
import type { Compiled, Job } from '../../api/types';
import { atCost, ofOneStep } from './equalCost';

/** A server whose jobs cost `views` view-forwards a step, and `extra` more in the first part of the run. */
function server(views: number, extra = 0, part = 0) {
  const asked: number[] = [];
  const compiled = (steps: number): Compiled =>
    ({ job: { sampling: { steps } }, cost: views * steps + extra * Math.ceil(part * steps) }) as unknown as Compiled;
  const compile = async (job: Job): Promise<Compiled> => {
    const steps = job.sampling.steps ?? 0;
    asked.push(steps);
    return compiled(steps);
  };
  return { asked, compiled, compile };
}

describe('the steps at which a method costs as much as another', () => {
  it.each([
    [2, 0, 0, 300],
    [3, 0, 0, 301],
    [6, 1, 0.4, 540],
    [1, 5, 0.5, 210],
    [7, 0, 0, 30],
  ])(
    'are within one step: %i views, %i more in %f of the run, %i view-forwards',
    async (views, extra, part, forwards) => {
      const { compiled, compile, asked } = server(views, extra, part);
      const found = await atCost(compiled(30), forwards, compile);
      expect(Math.abs(found.cost - forwards)).toBeLessThanOrEqual(ofOneStep(found));
      expect(asked.length).toBeLessThan(5);
    },
  );

  it('stay as they are where the cost is the same already', async () => {
    const { compiled, compile, asked } = server(4);
    expect((await atCost(compiled(30), 120, compile)).job.sampling.steps).toBe(30);
    expect(asked).toEqual([]);
  });

  it('are at least one, and never more than a run may have', async () => {
    const { compiled, compile } = server(50);
    expect((await atCost(compiled(30), 3, compile)).job.sampling.steps).toBe(1);
    const cheap = server(1);
    expect((await atCost(cheap.compiled(30), 1e9, cheap.compile)).job.sampling.steps).toBe(1000);
  });
});
