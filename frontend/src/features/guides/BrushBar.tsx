import { useStore } from 'zustand';
import { guideOf } from '../../document/guides';
import { undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button, IconButton } from '../../ui/Button';
import { NumberField } from '../../ui/NumberField';
import { SIZES, SWATCHES, setSize, stopPainting, useBrush } from './brush';
import styles from './guides.module.css';

const take = (colour: string) => useBrush.setState({ colour, erasing: false });

function Swatches() {
  const { colour, erasing } = useBrush();
  return (
    <div className={styles.swatches}>
      {SWATCHES.map(([name, value]) => (
        <button
          key={value}
          type="button"
          className={styles.swatch}
          style={{ background: value }}
          aria-label={`Paint in ${name}`}
          title={name}
          aria-pressed={!erasing && colour === value}
          onClick={() => take(value)}
        />
      ))}
    </div>
  );
}

function FreeColour() {
  const colour = useBrush((now) => now.colour);
  return (
    <input
      type="color"
      className={styles.free}
      aria-label="Another colour"
      title="Another colour"
      value={colour}
      data-testid="brush-colour"
      onChange={({ target }) => take(target.value)}
    />
  );
}

/** The brush while a sketch is painted: its colour and size, the eraser, and the way back. */
export function BrushBar() {
  const { size, erasing } = useBrush();
  const guideTool = useSession((now) => now.guideTool);
  const sketch = useDraft(({ draft }) => (guideTool?.does === 'paint' ? guideOf(draft, guideTool.guide) : undefined));
  const past = useStore(useDraft.temporal, (now) => now.pastStates.length);
  if (!sketch) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Brush" data-testid="brush-bar">
      <Swatches />
      <FreeColour />
      <div className={styles.size}>
        <NumberField
          whole
          floating
          hideLabel
          label="Brush size in pixels"
          affix="px"
          {...SIZES}
          step={4}
          value={size}
          testId="brush-size"
          onCommit={setSize}
        />
      </div>
      <IconButton
        label="Eraser (E)"
        icon="eraser"
        small
        aria-pressed={erasing}
        onClick={() => useBrush.setState({ erasing: !erasing })}
      />
      <IconButton label="Undo the last stroke (Ctrl+Z)" icon="undo" small disabled={past === 0} onClick={undo} />
      <Button small className={styles.done} data-testid="stop-painting" title="Esc" onClick={stopPainting}>
        Done
      </Button>
    </div>
  );
}
