import { useState } from 'react';
import { refreshAfterAbsence, useJobAnswer, usePicture } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { IconButton } from '../../ui/Button';
import { Unanswered } from '../../ui/Unanswered';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { useStanding } from '../../ui/useStanding';
import { words } from '../../words/words';
import { useLive } from '../jobs/useJob';
import { ChooseDialog } from './ChooseDialog';
import styles from './compare.module.css';
import { Details } from './Details';
import { useLabelOf } from './grids';
import { nameOf } from './nameOf';
import type { Side } from './read';
import { Stage } from './Stage';
import { useComparing, type Which } from './state';

const say = words.compare;

interface Found {
  job: JobResource | null | undefined;
  output: Output | undefined;
  error: Error | null;
}

/** The job and the picture of one side, once they are known. */
function useSide(side: Side | null): Found {
  const { job, error } = useJobAnswer(side?.job ?? null);
  const outputs = useLive(job ?? undefined)?.outputs;
  return { job, output: outputs?.find(({ name }) => name === side?.picture) ?? outputs?.[0], error };
}

function Choice({ which, found, onChoose }: { which: Which; found: Found; onChoose: () => void }) {
  const side = useComparing((now) => now[which]);
  const url = useObjectUrl(usePicture(found.output?.url).data);
  const { job, output } = found;
  const error = useStanding(found.error, job !== undefined, side?.job);
  const label = useLabelOf(job?.id);
  const named = output && job ? nameOf(job, output, label) : say.noPicture;
  const says =
    side === null ? say.choose : job === null ? say.gone : job === undefined ? (error?.message ?? say.loading) : named;
  return (
    <button
      type="button"
      className={styles.choice}
      title={which === 'left' ? say.chooseLeft : say.chooseRight}
      data-testid={`choose-${which}`}
      onClick={onChoose}
    >
      <span className={styles.letter}>{say[which]}</span>
      {url && <img src={url} alt="" />}
      <span className={styles.chosen}>{says}</span>
    </button>
  );
}

const swap = () => useComparing.setState(({ left, right }) => ({ left: right, right: left }));

/** Two pictures of any two jobs, and how their documents differ. */
export function Pair() {
  const chosen = useComparing();
  const [left, right] = [useSide(chosen.left), useSide(chosen.right)];
  const [choosing, setChoosing] = useState<Which | null>(null);
  return (
    <div className={styles.pair}>
      <div className={styles.choices}>
        <Choice which="left" found={left} onChoose={() => setChoosing('left')} />
        <IconButton label={say.swap} icon="swap" data-testid="compare-swap" onClick={swap} />
        <Choice which="right" found={right} onChoose={() => setChoosing('right')} />
      </div>
      {left.output || right.output ? (
        <Stage left={left.output} right={right.output} />
      ) : left.job === undefined || right.job === undefined ? (
        <Unanswered
          key={`${chosen.left?.job} ${chosen.right?.job}`}
          error={left.error ?? right.error}
          loading={say.loading}
          onAgain={refreshAfterAbsence}
        />
      ) : (
        <p className={styles.none}>{say.none}</p>
      )}
      {left.job && right.job && (
        <Details left={{ job: left.job, output: left.output }} right={{ job: right.job, output: right.output }} />
      )}
      <ChooseDialog
        which={choosing}
        onChoose={(side) => {
          if (choosing) useComparing.setState({ [choosing]: side });
          setChoosing(null);
        }}
        onClose={() => setChoosing(null)}
      />
    </div>
  );
}
