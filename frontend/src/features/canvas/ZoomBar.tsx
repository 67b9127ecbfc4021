import { useDraft } from '../../document/store';
import { IconButton } from '../../ui/Button';
import { words } from '../../words/words';
import styles from './canvas.module.css';
import { fit, toggleWeights, useStage, zoomIn, zoomOut, zoomTo } from './stage';

/** The scale of the canvas, with buttons that change it. */
export function ZoomBar() {
  const scale = useStage((now) => now.view.scale);
  const fits = useStage((now) => now.fits);
  const weights = useStage((now) => now.weights);
  const weighs = useDraft(({ draft }) => draft.kind === 'regions' && draft.regions.patches.length > 0);
  const percent = 100 * scale;
  return (
    <div className={styles.zoom} role="toolbar" aria-label={words.canvas.zoom} data-testid="zoom-bar">
      {weighs && (
        <IconButton
          label={words.canvas.weights}
          icon="weights"
          small
          aria-pressed={weights}
          data-testid="weights"
          onClick={toggleWeights}
        />
      )}
      <IconButton label={words.canvas.zoomOut} icon="minus" small onClick={zoomOut} />
      <button
        type="button"
        className={styles.percent}
        title={words.canvas.actualSize}
        data-testid="zoom"
        onClick={() => zoomTo(1)}
      >
        {words.canvas.percent(percent < 10 ? Math.round(10 * percent) / 10 : Math.round(percent))}
      </button>
      <IconButton label={words.canvas.zoomIn} icon="plus" small onClick={zoomIn} />
      <IconButton label={words.canvas.fit} icon="fit" small aria-pressed={fits} data-testid="fit" onClick={fit} />
    </div>
  );
}
