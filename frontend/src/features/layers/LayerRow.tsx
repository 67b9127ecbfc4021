import type { CSSProperties } from 'react';
import { isHidden, isLocked } from '../../document/flags';
import { useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import { words } from '../../words/words';
import { setHidden, setLocked } from '../canvas/commands';
import { useBrought } from '../layout/useBrought';
import type { Layer } from './layers';
import styles from './layers.module.css';

interface LayerRowProps {
  layer: Layer;
  faulty: boolean;
  testId: string;
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
        className={styles.flag}
        data-testid={`lock-${id}`}
        aria-pressed={locked}
        onClick={() => setLocked([id], !locked)}
      />
      <IconButton
        label={hidden ? words.canvas.show : words.canvas.hide}
        icon={hidden ? 'hidden' : 'eye'}
        small
        className={styles.flag}
        data-testid={`eye-${id}`}
        aria-pressed={hidden}
        onClick={() => setHidden([id], !hidden)}
      />
    </>
  );
}

/** One layer: its colour and its name. A press chooses it, and the panel below shows its fields. */
export function LayerRow({ layer, faulty, testId }: LayerRowProps) {
  const { id, kind, name, note } = layer;
  const chosen = useSession((now) => now.selected === id);
  const item = useBrought(chosen);
  const hover = (hovered: string | null) => useSession.setState({ hovered });
  return (
    <li
      ref={item}
      className={styles.item}
      style={id === null ? undefined : ({ '--colour': colourOf(id) } as CSSProperties)}
      data-testid={testId}
      data-kind={kind}
      data-selected={chosen || undefined}
      data-faulty={faulty || undefined}
      onPointerEnter={() => hover(id)}
      onPointerLeave={() => hover(null)}
    >
      <button type="button" className={styles.row} aria-pressed={chosen} onClick={() => select(id)}>
        <span className={styles.dot} />
        <span className={styles.name} data-empty={name === '' || undefined}>
          {kind === 'background' && <span className={styles.kind}>{words.layers.background}</span>}
          {name || words.layers.noPrompt}
        </span>
        <span className={styles.note}>{note}</span>
      </button>
      {id !== null && (kind === 'patch' || kind === 'guide') && <Flags id={id} />}
    </li>
  );
}
