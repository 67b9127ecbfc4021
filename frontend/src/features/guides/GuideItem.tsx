import type { CSSProperties } from 'react';
import { isHidden } from '../../document/flags';
import { type Guide, nameOfGuide } from '../../document/guide';
import { useDraft } from '../../document/store';
import { colourOf, hexOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { deleteBox, setHidden } from '../canvas/commands';
import layout from '../layout/layout.module.css';
import { useBrought } from '../layout/useBrought';
import { useHovered } from '../layout/useHovered';
import styles from './guides.module.css';
import { KeepFields } from './KeepFields';
import { PaletteFields } from './PaletteFields';
import { SketchFields } from './SketchFields';
import { changer, useGuideFault } from './useGuide';

function areaOf({ box, mask }: Guide): string {
  if (mask) return words.layers.mask;
  return box ? words.numbers.size(box.width, box.height) : words.layers.wholePicture;
}

function dims(guide: Guide): string {
  if (guide.kind !== 'sketch') return areaOf(guide);
  return guide.strokes.length > 0
    ? words.guides.painted
    : guide.picture === null
      ? words.guides.empty
      : words.guides.ofPicture;
}

function Fields({ guide }: { guide: Guide }) {
  const fault = useGuideFault(guide);
  switch (guide.kind) {
    case 'sketch':
      return <SketchFields guide={guide} fault={fault} change={changer(guide)} />;
    case 'palette':
      return <PaletteFields guide={guide} fault={fault} change={changer(guide)} />;
    case 'keep_close':
      return <KeepFields guide={guide} fault={fault} change={changer(guide)} />;
  }
}

/** The eye of a guide: a hidden guide is left out of the picture. */
function Eye({ guide: { id } }: { guide: Guide }) {
  const hidden = useDraft(({ draft }) => isHidden(draft, id));
  return (
    <IconButton
      label={hidden ? words.canvas.show : words.canvas.hide}
      icon={hidden ? 'hidden' : 'eye'}
      small
      aria-pressed={hidden}
      onClick={() => setHidden([id], !hidden)}
    />
  );
}

/** One guide in the list. The chosen one shows all its fields. */
export function GuideItem({ guide }: { guide: Guide }) {
  const { id } = guide;
  const open = useSession((now) => now.selected === id);
  const fault = useGuideFault(guide)();
  const item = useBrought(open);
  const hover = useHovered(id);
  const shown = guide.kind === 'palette' ? { background: hexOf(guide.colour) } : {};
  return (
    <li
      ref={item}
      className={layout.item}
      style={{ '--colour': colourOf(id) } as CSSProperties}
      data-testid={`guide-${id}`}
      data-selected={open || undefined}
      data-faulty={fault ? true : undefined}
      {...hover}
    >
      <div className={styles.head}>
        <button type="button" className={layout.row} aria-expanded={open} onClick={() => select(open ? null : id)}>
          <span className={`${layout.dot} ${styles.dot}`} style={shown} />
          <span className={layout.name}>{nameOfGuide(guide)}</span>
          <span className={layout.dims}>{dims(guide)}</span>
        </button>
        <Eye guide={guide} />
        <IconButton
          label={words.guides.remove}
          icon="trash"
          look="danger"
          small
          data-removes="guide"
          onClick={(event) => keepFocus(event, () => deleteBox(id))}
        />
      </div>
      {open && (
        <div className={layout.body}>
          {fault && <p className={controls.error}>{fault}</p>}
          <Fields guide={guide} />
        </div>
      )}
    </li>
  );
}
