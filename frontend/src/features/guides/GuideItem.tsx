import type { CSSProperties } from 'react';
import { type Guide, nameOfGuide } from '../../document/guide';
import { changeGuide } from '../../document/guides';
import { edit } from '../../document/store';
import { colourOf, hexOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { announce } from '../../ui/announce';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { deleteBox } from '../canvas/commands';
import layout from '../layout/layout.module.css';
import { useBrought } from '../layout/useBrought';
import styles from './guides.module.css';
import { KeepFields } from './KeepFields';
import { PaletteFields } from './PaletteFields';
import { SketchFields } from './SketchFields';
import { changer, useGuideFault } from './useGuide';

function areaOf({ box, mask }: Guide): string {
  if (mask) return 'mask';
  return box ? `${box.width} × ${box.height}` : 'whole picture';
}

function dims(guide: Guide): string {
  if (guide.kind !== 'sketch') return areaOf(guide);
  return guide.strokes.length > 0 ? 'painted' : guide.picture === null ? 'empty' : 'picture';
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

/** The eye of a guide: the canvas shows it or not. It acts in either case. */
function Eye({ guide: { id, hidden } }: { guide: Guide }) {
  return (
    <IconButton
      label={hidden ? 'Show on the canvas' : 'Hide on the canvas'}
      icon={hidden ? 'hidden' : 'eye'}
      small
      aria-pressed={hidden}
      onClick={() => {
        edit((draft) => changeGuide(draft, id, { hidden: !hidden }));
        announce(hidden ? 'The canvas shows the guide' : 'The canvas hides the guide; it still counts');
      }}
    />
  );
}

/** One guide in the list. The chosen one shows all its fields. */
export function GuideItem({ guide }: { guide: Guide }) {
  const { id } = guide;
  const open = useSession((now) => now.selected === id);
  const fault = useGuideFault(guide)();
  const item = useBrought(open);
  const shown = guide.kind === 'palette' ? { background: hexOf(guide.colour) } : {};
  return (
    <li
      ref={item}
      className={layout.item}
      style={{ '--colour': colourOf(id) } as CSSProperties}
      data-testid={`guide-${id}`}
      data-selected={open || undefined}
      data-faulty={fault ? true : undefined}
      onPointerEnter={() => useSession.setState({ hovered: id })}
      onPointerLeave={() => useSession.setState({ hovered: null })}
    >
      <div className={styles.head}>
        <button type="button" className={layout.row} aria-expanded={open} onClick={() => select(open ? null : id)}>
          <span className={`${layout.dot} ${styles.dot}`} style={shown} />
          <span className={layout.name}>{nameOfGuide(guide)}</span>
          <span className={layout.dims}>{dims(guide)}</span>
        </button>
        <Eye guide={guide} />
        <IconButton label="Remove this guide" icon="trash" look="danger" small onClick={() => deleteBox(id)} />
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
