import { LIMITS } from '../../api/limits';
import type { Canvas, Kind } from '../../api/types';
import { withCanvas } from '../../document/draft';
import { edit, useCanvas, useDraft } from '../../document/store';
import { snapLength } from '../../geometry/box';
import { showJob } from '../../session';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import styles from './shell.module.css';

type Sized = Exclude<Kind, 'custom'>;

const PRESETS: Record<Sized, readonly string[]> = {
  panorama: ['512 × 128', '768 × 128', '1024 × 128', '1024 × 256', '128 × 512'],
  regions: ['512 × 128', '256 × 256', '512 × 256', '512 × 512', '384 × 256', '768 × 256'],
  scene: ['256 × 128', '128 × 128', '384 × 128', '256 × 256'],
  portrait: ['256 × 256', '128 × 256', '128 × 192', '128 × 128'],
  illusion: ['128 × 128', '256 × 128', '256 × 256'],
  texture: ['128 × 128', '256 × 128', '256 × 256'],
};

function resize(change: Partial<Canvas>): void {
  edit((draft) => withCanvas(draft, change));
  showJob(null);
}

/** The usual sizes, as a short list behind an arrow. */
function Presets({ kind }: { kind: Sized }) {
  const { width, height } = useDraft((now) => now.draft[kind].canvas);
  const name = `${width} × ${height}`;
  const presets = PRESETS[kind];
  return (
    <select
      className={`${controls.input} ${styles.presets}`}
      aria-label={words.size.sizes}
      title={words.size.sizes}
      value={presets.includes(name) ? name : ''}
      onChange={({ target }) => {
        const [wide = width, high = height] = target.value.split(' × ').map(Number);
        resize({ width: wide, height: high });
      }}
    >
      {!presets.includes(name) && <option value="">{words.size.custom}</option>}
      {presets.map((preset) => (
        <option key={preset}>{preset}</option>
      ))}
    </select>
  );
}

function Size({ kind }: { kind: Sized }) {
  const { width, height } = useDraft((now) => now.draft[kind].canvas);
  const cell = useCell();
  const common = {
    hideLabel: true,
    floating: true,
    step: cell,
    correction: { to: (side: number) => snapLength(side, cell), why: words.size.cells(cell) },
  };
  return (
    <div className={styles.size}>
      <NumberField
        label={words.size.width}
        {...LIMITS.Canvas.width}
        {...common}
        value={width}
        testId="canvas-width"
        onCommit={(value) => resize({ width: value })}
      />
      <span className={styles.times} aria-hidden="true">
        ×
      </span>
      <NumberField
        label={words.size.height}
        {...LIMITS.Canvas.height}
        {...common}
        value={height}
        testId="canvas-height"
        onCommit={(value) => resize({ height: value })}
      />
      <Presets kind={kind} />
    </div>
  );
}

/** Choose whether a panorama is wide or tall. */
function Direction() {
  const { axis, canvas } = useDraft((now) => now.draft.panorama);
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.fitting}`}
      aria-label={words.size.direction}
      data-testid="direction"
      value={axis}
      onChange={({ target }) => {
        const value = target.value as typeof axis;
        edit((draft) => ({ ...draft, panorama: { ...draft.panorama, axis: value } }));
        if (canvas.width > canvas.height !== (value === 'x')) resize({ width: canvas.height, height: canvas.width });
      }}
    >
      <option value="x">{words.size.horizontal}</option>
      <option value="y">{words.size.vertical}</option>
    </select>
  );
}

/** Choose which opposite edges continue into each other. Those of a texture always do. */
function Wrap({ kind }: { kind: Exclude<Sized, 'texture'> }) {
  const wrap = useDraft((now) => now.draft[kind].canvas.wrap);
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.fitting}`}
      aria-label={words.size.wrap}
      title={words.size.wrapHint}
      data-testid="wrap"
      value={wrap}
      onChange={({ target }) => edit((draft) => withCanvas(draft, { wrap: target.value as typeof wrap }))}
    >
      {Object.entries(words.size.wraps).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function SizeOfGraph() {
  const { width, height } = useCanvas();
  return <p className={styles.times}>{words.size.ofGraph(width, height)}</p>;
}

/** The fields of the whole canvas: its size, its direction, and how its edges meet. */
export function CanvasFields() {
  const kind = useDraft((now) => now.draft.kind);
  if (kind === 'custom') return <SizeOfGraph />;
  return (
    <div className={styles.canvasFields}>
      <Size kind={kind} />
      {kind === 'panorama' && <Direction />}
      {kind !== 'texture' && <Wrap kind={kind} />}
    </div>
  );
}
