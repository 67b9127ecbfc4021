import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { randomName } from '../../api/randomName';
import type { Compiled, Job } from '../../api/types';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { send } from '../jobs/actions';
import { withDraftedJob } from '../jobs/commands';
import { titleOf } from '../jobs/words';
import { randomSeed } from '../layout/SeedField';
import { atCost, ofOneStep, stepsOf } from './equalCost';
import { addCell, keepGrid } from './grids';
import { type Asked, type Method, methodsOf, runOf, single, withoutGroup } from './methods';
import type { Grid } from './read';
import { openCompare, useComparing } from './state';

const say = words.compare;

const compile = (job: Job): Promise<Compiled> => api.POST('/api/compile', { body: job }).then(body);
const sentence = (error: unknown): string => (error instanceof ApiProblem ? error.message : say.notSent);

/** A picture to send: its job, or the reason why there is none. */
export interface Asking {
  label: string;
  says: string;
  job: Job | null;
  why: string | null;
}

/** Send jobs one after the other, and show them as a grid at once. A job that the server refuses leaves its reason in the
 * grid. The rest is not sent if the grid is cancelled or forgotten meanwhile. */
export async function sendGrid(about: Pick<Grid, 'kind' | 'title' | 'axis'>, asked: readonly Asking[]): Promise<void> {
  const id = randomName();
  keepGrid({ id, ...about, made: Date.now(), cells: [] });
  openCompare({ mode: 'grid', grid: id, chosen: [], sending: true, sent: id });
  try {
    for (const { label, says, job, why } of asked) {
      if (useComparing.getState().sent !== id) break;
      const cell = { label, says, job: null, why };
      const sent =
        job &&
        (await send(job)
          .then((made) => ({ job: made.id, why: null }))
          .catch((error) => ({ job: null, why: sentence(error) })));
      addCell(id, { ...cell, ...sent });
    }
  } finally {
    useComparing.setState({ sending: false, sent: null });
  }
}

interface Row {
  methods: Method[];
  compiled: Compiled | null;
  why: string | null;
  note: string;
}

/** True if the last tile of a row or a column shares cells with the one before it. */
function overlaps({ job: { layout, sampling } }: Compiled): boolean {
  const size = sampling.windows.size ?? 0;
  if (layout.kind === 'custom' || size === 0) return false;
  return [layout.canvas.width, layout.canvas.height].some((side) => side > size && side % size !== 0);
}

async function compiled(asked: Asked): Promise<Row> {
  const row = { methods: [asked.method], compiled: null, why: null, note: '' };
  if ('why' in asked) return { ...row, why: asked.why };
  try {
    const answer = await compile(asked.job);
    if (asked.method !== 'tiles') return { ...row, compiled: answer };
    const note = overlaps(answer) ? say.tilesOverlap : '';
    const apart = asked.job.layout.kind === 'scene';
    return { ...row, note, compiled: apart ? await compile(withoutGroup(answer, 'whole')) : answer };
  } catch (error) {
    return { ...row, why: sentence(error) };
  }
}

/** Put methods together whose jobs make the same picture: it is made once. */
function withoutTwins(rows: readonly Row[]): Row[] {
  const seen = new Map<string, Row>();
  return rows.filter((row) => {
    if (!row.compiled) return true;
    const run = runOf(row.compiled);
    const twin = seen.get(run);
    if (!twin) seen.set(run, row);
    else twin.methods.push(...row.methods);
    return !twin;
  });
}

const saysOf = ({ methods, note }: Row): string =>
  [...methods.map((method) => say.methodSays[method]), note].filter(Boolean).join(' ');

/** Give each method the steps at which it takes as many view-forwards as the one that takes most. */
async function atEqualCost(rows: readonly Row[]): Promise<Row[]> {
  const most = Math.max(...rows.map(({ compiled }) => compiled?.cost ?? 0));
  return Promise.all(
    rows.map(async (row) => {
      if (!row.compiled) return row;
      try {
        const made = await atCost(row.compiled, most, compile);
        const reached = Math.abs(made.cost - most) <= ofOneStep(made);
        const steps = stepsOf(made);
        const says = reached ? say.equalSteps(steps, made.cost) : say.unequalSteps(steps, made.cost, most);
        return { ...row, compiled: made, note: `${says} ${row.note}` };
      } catch (error) {
        return { ...row, compiled: null, why: sentence(error) };
      }
    }),
  );
}

/** Send the draft's layout through all methods with one seed. */
export const compareMethods = (): Promise<void> =>
  withDraftedJob(async (drafted) => {
    if (useComparing.getState().sending) return;
    useComparing.setState({ sending: true });
    try {
      const seed = drafted.sampling.seed ?? randomSeed();
      const job = single(drafted, seed);
      const { equal } = useComparing.getState();
      const planned = withoutTwins(await Promise.all(methodsOf(job, await compile(job)).map(compiled)));
      const rows = equal ? await atEqualCost(planned) : planned;
      const asked = rows.map((row) => ({
        label: row.methods.map((method) => say.methods[method]).join(' = '),
        says: saysOf(row),
        job: row.compiled?.job ?? null,
        why: row.why,
      }));
      await sendGrid(
        { kind: 'methods', title: titleOf(job), axis: (equal ? say.equalAxis : say.methodAxis)(seed) },
        asked,
      );
    } catch (error) {
      toast(sentence(error));
    } finally {
      useComparing.setState({ sending: false });
    }
  });
