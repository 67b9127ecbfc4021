import { useShallow } from 'zustand/react/shallow';
import type { Alignment } from '../../geometry/arrange';
import { around } from '../../geometry/box';
import { useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import type { IconName } from '../../ui/icons';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import {
  alignSelection,
  deleteSelection,
  distributeSelection,
  duplicateSelection,
  toggleHidden,
  toggleLock,
} from './arranging';
import styles from './canvas.module.css';
import { useDrag } from './drag';
import { useStage } from './stage';

const say = words.canvas;
const GAP = 16; // screen pixels between the frame of the selection and the bar
const HEIGHT = 36; // screen pixels of the bar

const alignments = (): readonly { at: Alignment; label: string; icon: IconName }[] => [
  { at: 'left', label: say.alignLeft, icon: 'alignLeft' },
  { at: 'centre', label: say.alignCentre, icon: 'alignCentre' },
  { at: 'right', label: say.alignRight, icon: 'alignRight' },
  { at: 'top', label: say.alignTop, icon: 'alignTop' },
  { at: 'middle', label: say.alignMiddle, icon: 'alignMiddle' },
  { at: 'bottom', label: say.alignBottom, icon: 'alignBottom' },
];

/** The middle of the upper edge of the bar on the screen: above the selected boxes, or below them if there is no room. */
function usePlace(): { left: number; top: number } | null {
  const ids = useSession(useShallow(({ selected, alsoSelected }) => [selected, ...alsoSelected]));
  const { boxes, view, area, open } = useStage(
    useShallow(({ boxes, view, area, open }) => ({ boxes, view, area, open })),
  );
  const chosen = boxes.filter(({ id }) => ids.includes(id));
  if (!open || chosen.length < 2) return null;
  const frame = around(chosen.map(({ box }) => box));
  const above = view.y + frame.y * view.scale - GAP - HEIGHT;
  const below = view.y + (frame.y + frame.height) * view.scale + GAP;
  const top = above >= 4 ? above : Math.min(below, area.height - HEIGHT - 4);
  return { left: view.x + (frame.x + frame.width / 2) * view.scale, top: Math.max(4, top) };
}

/** What can be done with several selected boxes, beside them. */
export function SelectionBar() {
  const place = usePlace();
  const busy = useDrag((now) => now.places !== null || now.marquee !== null);
  const room = useStage((now) => now.area.width);
  if (!place || busy) return null;
  const half = Math.min(room / 2, 176);
  const left = Math.min(Math.max(place.left, half + 4), room - half - 4);
  return (
    <div
      className={styles.selection}
      style={{ left, top: place.top }}
      role="toolbar"
      aria-label={say.selectionBar}
      data-testid="selection-bar"
    >
      {alignments().map(({ at, label, icon }) => (
        <IconButton key={at} label={label} icon={icon} small onClick={() => alignSelection(at)} />
      ))}
      <IconButton label={say.distributeX} icon="distributeX" small onClick={() => distributeSelection('x')} />
      <IconButton label={say.distributeY} icon="distributeY" small onClick={() => distributeSelection('y')} />
      <span className={styles.divider} />
      <IconButton label={say.duplicate} icon="copy" small onClick={duplicateSelection} />
      <IconButton label={say.lock} icon="lock" small onClick={toggleLock} />
      <IconButton
        label={say.hide}
        icon="hidden"
        small
        data-removes="selection"
        onClick={(event) => keepFocus(event, toggleHidden)}
      />
      <IconButton
        label={say.delete}
        icon="trash"
        look="danger"
        small
        data-removes="selection"
        onClick={(event) => keepFocus(event, deleteSelection)}
      />
    </div>
  );
}
