import { guideOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import styles from './canvas.module.css';

/** Says on the canvas that the next drag draws the box of a guide. */
export function Placing() {
  const guideTool = useSession((now) => now.guideTool);
  const guide = useDraft(({ draft }) => (guideTool?.does === 'place' ? guideOf(draft, guideTool.guide) : undefined));
  if (!guide) return null;
  return (
    <div className={`${styles.foreign} ${styles.placing}`} data-testid="placing">
      <span>{words.canvas.dragToDraw}</span>
      <Button small look="quiet" onClick={() => useSession.setState({ guideTool: null })}>
        {words.canvas.keepBox}
      </Button>
    </div>
  );
}
