import type { CSSProperties } from 'react';
import { faultAt } from '../../api/problem';
import { type Anchor, addAnchor, changeAnchor, removeAnchor, shiftAnchor } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { announce } from '../../ui/announce';
import { Button, IconButton } from '../../ui/Button';
import { NumberField } from '../../ui/NumberField';
import { useGenerate } from '../jobs/useGenerate';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { PromptField } from './PromptField';
import { SeedField } from './SeedField';

const MAX_ANCHORS = 64; // as the contract has it
const ORDERS = { x: 'left to right', y: 'top to bottom' };

function AnchorItem({ anchor, index, count, axis }: { anchor: Anchor; index: number; count: number; axis: 'x' | 'y' }) {
  const { faults } = useGenerate();
  const { id } = anchor;
  const chosen = useSession((now) => now.selected === id);
  const change = (part: Partial<Anchor>, name: string) =>
    edit((draft) => changeAnchor(draft, id, part), `${name} ${id}`);
  const move = (by: number) => {
    edit((draft) => shiftAnchor(draft, id, by));
    announce(`Prompt moved to place ${index + 1 + by} of ${count}`);
  };
  const [before, after] = axis === 'x' ? ['left', 'right'] : ['up', 'down'];
  const fault = count > 1 ? faultAt(faults, 'layout', 'windows', index) : faultAt(faults, 'layout', 'prompt');
  return (
    <li className={styles.anchor} style={{ '--colour': colourOf(id) } as CSSProperties}>
      {count > 1 && (
        <div className={styles.anchorHead}>
          <span className={styles.dot} />
          <span>
            {index + 1} of {count}
          </span>
          <div className={styles.buttons}>
            <IconButton label={`Move ${before}`} icon="up" small disabled={index === 0} onClick={() => move(-1)} />
            <IconButton
              label={`Move ${after}`}
              icon="down"
              small
              disabled={index === count - 1}
              onClick={() => move(1)}
            />
            <IconButton
              label="Remove this prompt"
              icon="trash"
              look="danger"
              small
              onClick={() => {
                edit((draft) => removeAnchor(draft, id));
                announce(`Prompt ${index + 1} removed`);
              }}
            />
          </div>
        </div>
      )}
      <PromptField
        id={`prompt-${id}`}
        label={count > 1 ? `Prompt ${index + 1} of ${count}` : 'Prompt'}
        hideLabel
        value={anchor.prompt}
        placeholder="the sea at sunset"
        error={fault}
        short={count > 1}
        testId="prompt"
        onChange={(prompt) => change({ prompt }, 'prompt')}
        onFocus={() => select(id)}
      />
      {count > 1 && chosen && (
        <Fold summary="For this prompt alone">
          <PromptField
            label="To keep out"
            short
            value={anchor.negative_prompt ?? ''}
            onChange={(negative_prompt) => change({ negative_prompt }, 'negative')}
          />
          <div className={styles.two}>
            <NumberField
              optional
              label="Guidance"
              min={0}
              max={50}
              step={0.5}
              placeholder="as the whole"
              value={anchor.guidance ?? null}
              onCommit={(guidance) => change({ guidance }, 'guidance')}
            />
            <SeedField
              label="Seed"
              placeholder="as the whole"
              value={anchor.seed}
              onChange={(seed) => change({ seed }, 'seed')}
            />
          </div>
        </Fold>
      )}
    </li>
  );
}

function add(): void {
  edit((draft) => {
    const [next, added] = addAnchor(draft);
    select(added.id);
    announce(`Prompt ${next.panorama.anchors.length} added`);
    requestAnimationFrame(() => document.getElementById(`prompt-${added.id}`)?.focus());
    return next;
  });
}

/** A panorama's prompts, in their order along the canvas. */
export function PanoramaPanel() {
  const { anchors, axis, negative_prompt } = useDraft((now) => now.draft.panorama);
  return (
    <section className={styles.section} aria-label="Prompts">
      <div className={styles.head}>
        <h2 className={styles.title}>{anchors.length > 1 ? `${anchors.length} prompts, ${ORDERS[axis]}` : 'Prompt'}</h2>
        <Button
          look="quiet"
          small
          icon="plus"
          data-testid="add-anchor"
          disabled={anchors.length >= MAX_ANCHORS}
          onClick={add}
        >
          Add a prompt
        </Button>
      </div>
      <ol className={styles.list}>
        {anchors.map((anchor, index) => (
          <AnchorItem key={anchor.id} anchor={anchor} index={index} count={anchors.length} axis={axis} />
        ))}
      </ol>
      <Fold summary="To keep out of the whole picture">
        <PromptField
          label="Negative prompt"
          short
          value={negative_prompt}
          onChange={(text) =>
            edit((draft) => ({ ...draft, panorama: { ...draft.panorama, negative_prompt: text } }), 'negative')
          }
        />
      </Fold>
    </section>
  );
}
