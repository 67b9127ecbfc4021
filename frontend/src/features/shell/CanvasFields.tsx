import { LIMITS } from '../../api/limits';
import { withCanvas } from '../../document/draft';
import { edit, useCanvas, useDraft } from '../../document/store';
import { snapLength } from '../../geometry/box';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell, useNative } from '../jobs/useGenerate';
import styles from './header.module.css';
import { resize, type Sized, sizeNamed, sizesFor } from './sizes';

/** The usual sizes, as a short list behind an arrow. */
function Presets({ kind }: { kind: Sized }) {
  const { width, height } = useDraft((now) => now.draft[kind].canvas);
  const name = `${width} × ${height}`;
  const presets = sizesFor(kind, useNative());
  return (
    <select
      className={`${controls.input} ${styles.presets}`}
      aria-label={words.size.sizes}
      title={words.size.sizes}
      data-testid="canvas-sizes"
      value={presets.includes(name) ? name : ''}
      onChange={({ target }) => {
        resize(sizeNamed(target.value));
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
