import { faultAt } from '../../api/problem';
import { placeOfAnchor, rangeOfAnchor, spreadAnchors } from '../../document/anchors';
import { edit, useDraft } from '../../document/store';
import { announce } from '../../ui/announce';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { slideTo } from '../canvas/anchors';
import { useCell, useGenerate } from '../jobs/useGenerate';
import styles from './layout.module.css';

const say = words.anchors;

/** The place of a panorama's prompt along the canvas, in pixels. */
export function AnchorPlace({ id, index }: { id: string; index: number }) {
  const draft = useDraft((now) => now.draft);
  const cell = useCell();
  const { min, max } = rangeOfAnchor(draft, id);
  return (
    <div className={styles.place}>
      <NumberField
        whole
        floating
        hideLabel
        label={say.position(index + 1)}
        affix={say.pixels}
        min={Math.min(min, max)}
        max={max}
        step={cell}
        value={placeOfAnchor(draft, id)}
        testId="anchor-position"
        onCommit={(pixel) => slideTo(id, pixel, `position ${id}`)}
      />
    </div>
  );
}

function spread(): void {
  edit(spreadAnchors);
  announce(say.wereSpread);
}

/** How the prompts of a panorama are moved, and, once one was moved, the way back. */
export function Spread() {
  const { anchors, positions } = useDraft((now) => now.draft.panorama);
  const { faults } = useGenerate();
  const fault = faultAt(faults, 'layout', 'positions');
  if (anchors.length < 2) return null;
  return (
    <>
      {positions ? (
        <Button
          look="quiet"
          small
          className={styles.spread}
          title={say.spreadTitle}
          data-testid="spread-anchors"
          onClick={spread}
        >
          {say.spread}
        </Button>
      ) : (
        <p className={controls.hint}>{say.dragHint}</p>
      )}
      {fault && <p className={controls.error}>{fault}</p>}
    </>
  );
}
