import { guideOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import styles from './canvas.module.css';

/** Says on the canvas that the next drag draws the box of a guide. */
export function Placing() {
  const guideTool = useSession((now) => now.guideTool);
  const guide = useDraft(({ draft }) => (guideTool?.does === 'place' ? guideOf(draft, guideTool.guide) : undefined));
  if (!guide) return null;
  return (
    <div className={`${styles.foreign} ${styles.placing}`} data-testid="placing">
      <span>Drag to draw the box</span>
      <Button small look="quiet" onClick={() => useSession.setState({ guideTool: null })}>
        Keep this box
      </Button>
    </div>
  );
}
