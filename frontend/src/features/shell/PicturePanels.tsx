import { useNarrow } from '../../ui/useMedia';
import { GuidesPanel } from '../guides/GuidesPanel';
import { StartPanel } from '../start/StartPanel';
import { CanvasFields } from './CanvasFields';
import styles from './panel.module.css';

/** What concerns the picture as a whole. On a phone, the size of the canvas is here, because the header has no room. */
export function PicturePanels() {
  return (
    <>
      {useNarrow() && (
        <div className={styles.sizeOnPhone}>
          <CanvasFields />
        </div>
      )}
      <StartPanel />
      <GuidesPanel />
    </>
  );
}
