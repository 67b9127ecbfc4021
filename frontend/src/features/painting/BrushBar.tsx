import { useStore } from 'zustand';
import { shownKeys } from '../../actions/chord';
import { START } from '../../document/boxes';
import { isGuide } from '../../document/guide';
import { undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button, IconButton } from '../../ui/Button';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { SIZES, SWATCHES, setSize, stopPainting, useBrush } from './brush';
import styles from './painting.module.css';
import { NEW, targetOf } from './target';

const say = words.masks;

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
          aria-label={say.paintIn(say.swatches[name])}
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
      aria-label={say.anotherColour}
      title={say.anotherColour}
      value={colour}
      data-testid="brush-colour"
      onChange={({ target }) => take(target.value)}
    />
  );
}

/** The size and the softness of the brush. */
function Measures() {
  const { size, soft } = useBrush();
  return (
    <>
      <div className={styles.size}>
        <NumberField
          whole
          floating
          hideLabel
          label={say.size}
          affix={say.pixels}
          {...SIZES}
          step={4}
          value={size}
          testId="brush-size"
          onCommit={setSize}
        />
      </div>
      <div className={styles.soft}>
        <NumberField
          whole
          floating
          hideLabel
          label={say.softness}
          affix={say.percent}
          min={0}
          max={100}
          step={10}
          value={Math.round(100 * soft)}
          testId="brush-softness"
          onCommit={(percent) => useBrush.setState({ soft: percent / 100 })}
        />
      </div>
    </>
  );
}

/** What is painted, if it is a mask. */
function Says({ target }: { target: string }) {
  const lasso = useSession((now) => now.tool === 'lasso');
  const of = target === NEW ? say.ofNew : target === START ? say.ofStart : say.ofPatch;
  return (
    <span className={styles.says} data-testid="brush-says">
      {!isGuide(target) && <strong>{of}</strong>}
      {lasso && <span>{say.lassoHint}</span>}
    </span>
  );
}

/** The brush while something is painted: its colour, size and softness, the eraser, and the way back. */
export function BrushBar() {
  const erasing = useBrush((now) => now.erasing);
  const draft = useDraft((now) => now.draft);
  const target = useSession((now) => targetOf(draft, now));
  const lasso = useSession((now) => now.tool === 'lasso');
  const past = useStore(useDraft.temporal, (now) => now.pastStates.length);
  if (target === null) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={say.brush} data-testid="brush-bar">
      {isGuide(target) && <Swatches />}
      {isGuide(target) && <FreeColour />}
      <Says target={target} />
      <Measures />
      <IconButton
        label={say.eraser}
        icon="eraser"
        small
        aria-pressed={erasing}
        onClick={() => useBrush.setState({ erasing: !erasing })}
      />
      <IconButton
        label={say.lasso}
        icon="lasso"
        small
        aria-pressed={lasso}
        data-testid="brush-lasso"
        onClick={() => useSession.setState({ tool: lasso ? 'brush' : 'lasso' })}
      />
      <IconButton label={say.undoStroke} icon="undo" small disabled={past === 0} onClick={undo} />
      <Button small className={styles.done} data-testid="stop-painting" title={shownKeys('Esc')} onClick={stopPainting}>
        {say.done}
      </Button>
    </div>
  );
}
