import { LIMITS } from '../../api/limits';
import type { Box } from '../../api/types';
import { useCanvas } from '../../document/store';
import { sideInside } from '../../geometry/box';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell, useGenerate } from '../jobs/useGenerate';
import styles from './layout.module.css';

const SIDES = ['x', 'y', 'width', 'height'] as const;

interface BoxFieldsProps {
  id: string;
  box: Box;
  error: string | undefined;
  onChange: (box: Box, name: string) => void;
}

/** The position and size of a box as numbers, and the box on the model's grid. */
export function BoxFields({ id, box, error, onChange }: BoxFieldsProps) {
  const canvas = useCanvas();
  const cell = useCell();
  const taken = useGenerate().compiled?.boxes.find((one) => one.id === id)?.box;
  const snapped = taken && SIDES.some((name) => taken[name] !== box[name]) ? taken : null;
  return (
    <>
      <div className={styles.four}>
        {SIDES.map((name) => (
          <NumberField
            key={name}
            label={words.layout.sides[name]}
            value={box[name]}
            {...LIMITS.Box[name]}
            step={cell}
            correction={{
              to: (value) => sideInside(box, name, value, canvas),
              why: words.layout.insideCanvas,
            }}
            testId={`box-${name}`}
            onCommit={(value) => onChange({ ...box, [name]: value }, `box ${name}`)}
          />
        ))}
      </div>
      {error && <p className={controls.error}>{error}</p>}
      {snapped && <p className={controls.hint}>{words.layout.onGrid(snapped)}</p>}
    </>
  );
}
