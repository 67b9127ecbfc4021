import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../api/types';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { TextField } from '../../ui/TextField';
import { stopsAtUnfit } from '../../ui/unfit';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { titleOf } from '../jobs/words';
import { randomSeed } from '../layout/SeedField';
import styles from './compare.module.css';
import { single } from './methods';
import { type Asking, sendGrid } from './send';
import { closeVariations } from './state';
import { type Cost, useCosts } from './useCosts';
import { MOST_CELLS, readValues, type Setting, settingsOf } from './variations';

const say = words.compare;
const SEEDS = 'seeds';
const FEW = 4;

const asked = (label: string, job: Job): Asking => ({ label, says: '', job, why: null });

/** The jobs of a grid over new seeds. */
function overSeeds(job: Job, count: number): Asking[] {
  const seeds = new Set<number>();
  while (seeds.size < count) seeds.add(randomSeed());
  return [...seeds].map((seed) => asked(say.seedLabel(seed), single(job, seed)));
}

/** The jobs of a grid over the values of one setting, with one seed. */
function overValues(job: Job, setting: Setting, values: readonly number[], seed: number): Asking[] {
  return values.map((value) => asked(`${setting.label} ${value}`, setting.write(single(job, seed), value)));
}

function Costs({ count, cost }: { count: number; cost: Cost }) {
  if (cost.problem) return <p className={styles.problem}>{cost.problem}</p>;
  const known = cost.forwards !== null;
  const says = known
    ? say.costs(
        count,
        cost.seconds === null ? null : words.numbers.duration(cost.seconds),
        words.numbers.whole(cost.forwards ?? 0),
      )
    : say.costing;
  return (
    <p className={styles.costs} data-testid="variations-cost">
      {says}
    </p>
  );
}

function Form({ job }: { job: Job }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const selected = useSession((now) => now.selected);
  const settings = settingsOf(job, selected);
  const [over, setOver] = useState(SEEDS);
  const [count, setCount] = useState(FEW);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [seed] = useState(() => job.sampling.seed ?? randomSeed());
  const setting = settings.find(({ id }) => id === over);
  const text = setting ? (typed[setting.id] ?? setting.usual.join(' ')) : '';
  const values = setting ? readValues(text, setting) : [];
  const wrong = typeof values === 'string' ? values : undefined;
  const jobs = setting && !wrong ? overValues(job, setting, values as number[], seed) : [];
  const cost = useCosts(setting ? jobs.flatMap((one) => one.job ?? []) : [single(job, seed)], setting ? 1 : count);
  const total = setting ? jobs.length : count;
  const send = () => {
    closeVariations();
    const axis = setting ? `${setting.label}, ${say.seedLabel(seed).toLowerCase()}` : say.seeds;
    sendGrid({ kind: 'variations', title: titleOf(job), axis }, setting ? jobs : overSeeds(job, count));
  };
  const now = setting?.read(job);
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!stopsAtUnfit(event.currentTarget)) send();
      }}
    >
      <SelectField
        label={say.over}
        value={setting ? over : SEEDS}
        options={[[SEEDS, say.seeds], ...settings.map(({ id, label }) => [id, label] as const)]}
        hint={over === 'guidance' ? say.guidanceHint : undefined}
        testId="variations-over"
        onChange={setOver}
      />
      {setting ? (
        <TextField
          label={say.values}
          hint={say.valuesHint(now == null ? say.ofModel : String(now))}
          value={text}
          error={wrong}
          testId="variations-values"
          onChange={(value) => setTyped({ ...typed, [setting.id]: value })}
        />
      ) : (
        <NumberField
          label={say.howMany}
          hint={say.seedsHint}
          value={count}
          whole
          min={2}
          max={MOST_CELLS}
          testId="variations-count"
          onCommit={setCount}
        />
      )}
      {!wrong && <Costs count={total} cost={cost} />}
      <Button
        look="primary"
        type="submit"
        data-testid="variations-send"
        disabled={wrong !== undefined || cost.problem !== null}
      >
        {say.send(total)}
      </Button>
    </form>
  );
}

/** The fields of a grid of jobs over new seeds, or over the values of one setting. */
export default function Variations() {
  const { job } = useGenerate();
  return job ? <Form job={job} /> : <p className={styles.none}>{say.noDraft}</p>;
}
