import { useStore } from 'zustand';
import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import type { Canvas, Kind } from '../../api/types';
import { bringInside, outsiders } from '../../document/boxes';
import { withCanvas } from '../../document/draft';
import { edit, redo, undo, useCanvas, useDraft } from '../../document/store';
import { snapLength } from '../../geometry/box';
import { showJob, useSession } from '../../session';
import { Button, IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { Segmented } from '../../ui/Segmented';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { counted } from '../jobs/words';
import styles from './canvas.module.css';
import { deleteBox, duplicateBox, insertBox, restack } from './commands';

const PRESETS: Record<Exclude<Kind, 'custom'>, readonly string[]> = {
  panorama: ['512 × 128', '768 × 128', '1024 × 128', '1024 × 256', '128 × 512'],
  regions: ['512 × 128', '256 × 256', '512 × 256', '512 × 512', '384 × 256', '768 × 256'],
  scene: ['256 × 128', '128 × 128', '384 × 128', '256 × 256'],
  portrait: ['256 × 256', '128 × 256', '128 × 192', '128 × 128'],
  illusion: ['128 × 128', '256 × 128', '256 × 256'],
  texture: ['128 × 128', '256 × 128', '256 × 256'],
};

const WRAPS: Record<NonNullable<Canvas['wrap']>, string> = {
  none: 'Wrap: none',
  x: 'Wrap: left-right',
  y: 'Wrap: top-bottom',
  both: 'Wrap: both',
};

function resize(change: Partial<Canvas>): void {
  edit((draft) => withCanvas(draft, change));
  showJob(null);
}

function SizeFields({ kind }: { kind: keyof typeof PRESETS }) {
  const { width, height } = useDraft((now) => now.draft[kind].canvas);
  const cell = useCell();
  const name = `${width} × ${height}`;
  const presets = PRESETS[kind];
  const common = {
    hideLabel: true,
    floating: true,
    step: cell,
    correction: { to: (side: number) => snapLength(side, cell), why: `the model’s grid has cells of ${cell} pixels.` },
  };
  return (
    <div className={styles.group}>
      <select
        className={`${controls.input} ${controls.select} ${styles.preset}`}
        aria-label="Canvas size"
        value={presets.includes(name) ? name : ''}
        onChange={(event) => {
          const [wide = width, high = height] = event.target.value.split(' × ').map(Number);
          resize({ width: wide, height: high });
        }}
      >
        {!presets.includes(name) && <option value="">Custom size</option>}
        {presets.map((preset) => (
          <option key={preset}>{preset}</option>
        ))}
      </select>
      <div className={styles.side}>
        <NumberField
          label="Canvas width in pixels"
          {...LIMITS.Canvas.width}
          {...common}
          value={width}
          testId="canvas-width"
          onCommit={(value) => resize({ width: value })}
        />
      </div>
      <span className={styles.times} aria-hidden="true">
        ×
      </span>
      <div className={styles.side}>
        <NumberField
          label="Canvas height in pixels"
          {...LIMITS.Canvas.height}
          {...common}
          value={height}
          testId="canvas-height"
          onCommit={(value) => resize({ height: value })}
        />
      </div>
    </div>
  );
}

function Directions() {
  const { axis, canvas } = useDraft((now) => now.draft.panorama);
  return (
    <Segmented
      label="Direction of the panorama"
      value={axis}
      options={[
        { value: 'x', label: 'Horizontal' },
        { value: 'y', label: 'Vertical' },
      ]}
      onChange={(value) => {
        if (value === axis) return;
        edit((draft) => ({ ...draft, panorama: { ...draft.panorama, axis: value } }));
        if (canvas.width > canvas.height !== (value === 'x')) resize({ width: canvas.height, height: canvas.width });
      }}
    />
  );
}

function Tools() {
  const { selected, drawing } = useSession();
  const patches = useDraft((now) => now.draft.regions.patches);
  const cell = useCell();
  const id = patches.some((patch) => patch.id === selected) ? selected : null;
  const needed = { disabled: id === null, small: true };
  return (
    <div className={`${styles.group} ${styles.tight} ${styles.tools}`} role="toolbar" aria-label="Boxes">
      <IconButton
        label="Draw over other boxes (B)"
        icon="box"
        small
        aria-pressed={drawing}
        onClick={() => useSession.setState({ drawing: !drawing })}
      />
      <IconButton label="New box (N)" icon="plus" small onClick={() => insertBox(cell)} />
      <span className={styles.narrowHidden}>
        <IconButton label="Duplicate (Ctrl+D)" icon="copy" {...needed} onClick={() => id && duplicateBox(id, cell)} />
        <IconButton label="Bring forward (Page Up)" icon="forward" {...needed} onClick={() => id && restack(id, 1)} />
        <IconButton
          label="Send backward (Page Down)"
          icon="backward"
          {...needed}
          onClick={() => id && restack(id, -1)}
        />
        <IconButton label="Delete (Del)" icon="trash" look="danger" {...needed} onClick={() => id && deleteBox(id)} />
      </span>
    </div>
  );
}

function History() {
  const past = useStore(useDraft.temporal, (now) => now.pastStates.length);
  const future = useStore(useDraft.temporal, (now) => now.futureStates.length);
  return (
    <div className={`${styles.group} ${styles.tight}`} role="toolbar" aria-label="History">
      <IconButton label="Undo (Ctrl+Z)" icon="undo" small disabled={past === 0} onClick={undo} />
      <IconButton label="Redo (Ctrl+Shift+Z)" icon="redo" small disabled={future === 0} onClick={redo} />
    </div>
  );
}

function Outsiders() {
  const count = useDraft((now) => outsiders(now.draft).length);
  if (count === 0) return null;
  return (
    <p className={styles.outside}>
      {counted(count, 'box', 'boxes')} {count === 1 ? 'reaches' : 'reach'} outside the canvas.
      <Button small onClick={() => edit(bringInside)}>
        Bring inside
      </Button>
    </p>
  );
}

/** Choose whether opposite edges continue into each other. Those of a texture always do. */
function Edges({ kind }: { kind: Exclude<keyof typeof PRESETS, 'texture'> }) {
  const wrap = useDraft((now) => now.draft[kind].canvas.wrap);
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.preset}`}
      aria-label="Wrap"
      title="Opposite edges meet without a seam."
      value={wrap}
      onChange={(event) => edit((draft) => withCanvas(draft, { wrap: event.target.value as typeof wrap }))}
    >
      {Object.entries(WRAPS).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function SizeOfGraph() {
  const { width, height } = useCanvas();
  return (
    <p className={styles.times}>
      {width} × {height}, set by the graph
    </p>
  );
}

/** The settings of the whole canvas: its size, its direction, its edges and the tools. */
export function Toolbar() {
  const kind = useDraft((now) => now.draft.kind);
  const { faults } = useGenerate();
  const fault = faultAt(faults, 'layout', 'canvas');
  return (
    <div className={styles.toolbar}>
      {kind === 'custom' ? <SizeOfGraph /> : <SizeFields kind={kind} />}
      {kind === 'panorama' && <Directions />}
      {kind !== 'custom' && kind !== 'texture' && <Edges kind={kind} />}
      <div className={styles.spacer} />
      {kind === 'regions' && <Tools />}
      <History />
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <Outsiders />
    </div>
  );
}
