import { faultAt } from '../../api/problem';
import type { Box, Patch } from '../../api/types';
import { changePatch } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { fitBox } from '../../geometry/box';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { deleteBox, duplicateBox, restack } from '../canvas/commands';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { ActiveRange } from './ActiveRange';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { OwnModel } from './OwnModel';
import { PromptField } from './PromptField';
import { SeedField } from './SeedField';

const SIDES: readonly { name: keyof Box; label: string }[] = [
  { name: 'x', label: 'Left' },
  { name: 'y', label: 'Top' },
  { name: 'width', label: 'Width' },
  { name: 'height', label: 'Height' },
];

type Change = (part: Partial<Patch>, name: string) => void;

function BoxFields({ patch, change }: { patch: Patch; change: Change }) {
  const canvas = useDraft((now) => now.draft.regions.canvas);
  const cell = useCell();
  const commit = (name: keyof Box, value: number) => {
    const box = { ...patch.box, [name]: Math.round(value) };
    change({ box: fitBox(box, canvas) }, `box ${name}`);
  };
  return (
    <div className={styles.four}>
      {SIDES.map(({ name, label }) => (
        <NumberField
          key={name}
          label={label}
          value={patch.box[name]}
          min={name === 'x' || name === 'y' ? 0 : cell}
          step={cell}
          testId={`box-${name}`}
          onCommit={(value) => commit(name, value)}
        />
      ))}
    </div>
  );
}

function Rarely({ patch, change }: { patch: Patch; change: Change }) {
  return (
    <Fold summary="More for this box">
      <PromptField
        label="To keep out (negative prompt)"
        short
        value={patch.negative_prompt}
        onChange={(negative_prompt) => change({ negative_prompt }, 'negative')}
      />
      <div className={styles.two}>
        <SeedField
          label="Its own seed"
          placeholder="as the whole"
          value={patch.seed}
          onChange={(seed) => change({ seed }, 'seed')}
        />
        <NumberField
          optional
          label="Guidance"
          min={0}
          max={50}
          step={0.5}
          placeholder="as the whole"
          value={patch.guidance ?? null}
          onCommit={(guidance) => change({ guidance }, 'guidance')}
        />
      </div>
      <OwnModel value={patch.model ?? null} onChange={(model) => change({ model }, 'model')} />
      <ActiveRange value={patch.active} onChange={(active) => change({ active }, 'active')} />
    </Fold>
  );
}

/** All the fields of one box. */
export function PatchEditor({ patch, index, count }: { patch: Patch; index: number; count: number }) {
  const { faults, compiled } = useGenerate();
  const cell = useCell();
  const { id } = patch;
  const change: Change = (part, name) => edit((draft) => changePatch(draft, id, part), `${name} ${id}`);
  const fault = (...at: string[]) => faultAt(faults, 'layout', 'patches', index, ...at);
  const taken = compiled?.boxes.find((one) => one.id === id)?.box;
  const snapped = taken && SIDES.some(({ name }) => taken[name] !== patch.box[name]) ? taken : null;
  return (
    <div className={styles.body}>
      <PromptField
        id={`prompt-${id}`}
        label="Prompt of this box"
        hideLabel
        value={patch.prompt}
        placeholder="what this box shows"
        error={fault('prompt')}
        testId="patch-prompt"
        onChange={(prompt) => change({ prompt }, 'prompt')}
      />
      <BoxFields patch={patch} change={change} />
      {fault('box') && <p className={controls.error}>{fault('box')}</p>}
      {snapped && (
        <p className={controls.hint}>
          On the model’s grid: {snapped.x}, {snapped.y}, {snapped.width} × {snapped.height}
        </p>
      )}
      <div className={styles.two}>
        <NumberField
          label="Trust (weight 1/ψ²)"
          hint="At 1 it owns its box."
          value={patch.weight}
          min={0.01}
          max={100}
          step={0.1}
          error={fault('weight')}
          onCommit={(weight) => change({ weight }, 'weight')}
        />
        <NumberField
          label="Feather"
          hint="How soft its edge is."
          affix="px"
          value={patch.feather}
          min={0}
          max={4096}
          step={cell}
          error={fault('feather')}
          onCommit={(feather) => change({ feather: Math.round(feather) }, 'feather')}
        />
      </div>
      <Rarely patch={patch} change={change} />
      <div className={styles.actions}>
        <IconButton
          label="Bring forward"
          icon="forward"
          small
          disabled={index === count - 1}
          onClick={() => restack(id, 1)}
        />
        <IconButton
          label="Send backward"
          icon="backward"
          small
          disabled={index === 0}
          onClick={() => restack(id, -1)}
        />
        <IconButton label="Duplicate" icon="copy" small onClick={() => duplicateBox(id, cell)} />
        <IconButton label="Delete this box" icon="trash" look="danger" small onClick={() => deleteBox(id)} />
      </div>
    </div>
  );
}
