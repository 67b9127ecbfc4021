import type { ButtonHTMLAttributes, CSSProperties, KeyboardEvent, MouseEvent, Ref } from 'react';
import { isHidden, isLocked } from '../../document/flags';
import { useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { selectLayer, toggleSelected, useSession, writePrompt } from '../../session';
import { IconButton } from '../../ui/Button';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { deleteBox, setHidden, setLocked } from '../canvas/commands';
import { useBrought } from '../layout/useBrought';
import { useHovered } from '../layout/useHovered';
import type { Layer } from './layers';
import styles from './layers.module.css';

interface LayerRowProps {
  layer: Layer;
  faulty: boolean;
  /** What dragging needs, if the layer can be dragged. */
  grip?: ButtonHTMLAttributes<HTMLButtonElement> & { ref: Ref<HTMLButtonElement> };
  place?: (element: HTMLElement | null) => void;
  style?: CSSProperties;
  dragging?: boolean;
}

/** The lock and the eye of a layer. A hidden one is left out of the picture; a locked one cannot be changed by hand. */
function Flags({ id }: { id: string }) {
  const locked = useDraft(({ draft }) => isLocked(draft, id));
  const hidden = useDraft(({ draft }) => isHidden(draft, id));
  return (
    <>
      <IconButton
        label={locked ? words.canvas.unlock : words.canvas.lock}
        icon={locked ? 'lock' : 'unlock'}
        small
        data-testid={`lock-${id}`}
        aria-pressed={locked}
        onClick={() => setLocked([id], !locked)}
      />
      <IconButton
        label={hidden ? words.canvas.show : words.canvas.hide}
        icon={hidden ? 'hidden' : 'eye'}
        small
        data-testid={`eye-${id}`}
        aria-pressed={hidden}
        onClick={() => setHidden([id], !hidden)}
      />
    </>
  );
}

const rowsOf = (element: HTMLElement): HTMLElement[] => [
  ...(element.closest('[data-layers]')?.querySelectorAll<HTMLElement>('[data-layer]') ?? []),
];

/** Arrows go from layer to layer, Enter on the chosen one goes to its prompt, Delete deletes it. */
function onKeyDown(event: KeyboardEvent<HTMLElement>, { id, kind }: Layer, chosen: boolean): void {
  const { key, currentTarget } = event;
  const rows = rowsOf(currentTarget);
  const by = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (by !== 0) rows[rows.indexOf(currentTarget) + by]?.focus();
  else if (key === 'Enter' && chosen && id !== null && kind !== 'guide' && kind !== 'start') writePrompt(id);
  else if (key === 'Delete' && id !== null && (kind === 'patch' || kind === 'guide')) {
    keepFocus(event, () => deleteBox(id));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function onPress({ shiftKey, ctrlKey, metaKey }: MouseEvent, { id, kind }: Layer): void {
  const adds = (shiftKey || ctrlKey || metaKey) && id !== null && (kind === 'patch' || kind === 'guide');
  if (adds) toggleSelected(id);
  else selectLayer(id);
}

function Name({ layer: { kind, name, note } }: { layer: Layer }) {
  return (
    <>
      <span className={styles.dot} />
      <span className={styles.name} data-empty={name === '' || undefined}>
        {kind === 'background' && <span className={styles.kind}>{words.layers.background}</span>}
        {name || words.layers.noPrompt}
      </span>
      <span className={styles.note}>{note}</span>
    </>
  );
}

/** One layer: its colour and its name. A press chooses it, and the panel below shows its fields. With Shift or Ctrl, a
 * press chooses it beside the others. */
export function LayerRow({ layer, faulty, grip, place, style, dragging }: LayerRowProps) {
  const { id, kind } = layer;
  const primary = useSession((now) => now.selected === id);
  const also = useSession((now) => id !== null && now.alsoSelected.includes(id));
  const chosen = primary || also;
  const item = useBrought(primary);
  const own = kind === 'patch' || kind === 'guide';
  const hover = useHovered(id);
  return (
    <li
      ref={(element) => {
        item.current = element;
        place?.(element);
      }}
      className={styles.item}
      style={{ ...style, ...(id === null ? {} : ({ '--colour': colourOf(id) } as CSSProperties)) }}
      data-testid={kind === 'patch' ? `patch-${id}` : `layer-${id ?? 'background'}`}
      data-selected={chosen || undefined}
      data-faulty={faulty || undefined}
      data-dragging={dragging || undefined}
      {...hover}
    >
      <button
        type="button"
        className={styles.row}
        aria-pressed={chosen}
        data-layer
        data-removes="layer"
        onClick={(event) => onPress(event, layer)}
        onDoubleClick={() => id !== null && kind === 'patch' && writePrompt(id)}
        onKeyDown={(event) => onKeyDown(event, layer, primary)}
      >
        <Name layer={layer} />
      </button>
      {(own || grip) && (
        <div className={styles.flags}>
          {id !== null && own && <Flags id={id} />}
          {grip && (
            <IconButton {...grip} label={words.layers.move(layer.name)} icon="grip" small className={styles.grip} />
          )}
        </div>
      )}
    </li>
  );
}
