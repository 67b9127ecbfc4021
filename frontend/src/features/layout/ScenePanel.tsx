import { faultAt } from '../../api/problem';
import { changeBox, OBJECT } from '../../document/boxes';
import { edit, useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { BoxFields } from './BoxFields';
import styles from './layout.module.css';
import { PromptPart } from './PromptPart';

const PARTS = [
  { id: 'background', title: 'Background', placeholder: 'a meadow by day', offers: ['seed', 'model'] },
  { id: 'object', title: 'Object', placeholder: 'a house', offers: ['seed', 'model'] },
  { id: 'whole', title: 'Both together', placeholder: 'a meadow by day, a house', offers: ['model', 'active'] },
] as const;

function Parts() {
  const scene = useDraft((now) => now.draft.scene);
  return PARTS.map(({ id, title, placeholder, offers }) => (
    <PromptPart
      key={id}
      id={id}
      title={title}
      label={`${title}: prompt`}
      value={scene[id]}
      placeholder={placeholder}
      at={['layout', id]}
      offers={offers}
      testId={`prompt-${id}`}
      change={(part, name) =>
        edit(
          (draft) => ({ ...draft, scene: { ...draft.scene, [id]: { ...draft.scene[id], ...part } } }),
          `${name} ${id}`,
        )
      }
    />
  ));
}

function ObjectBox() {
  const { box, soft } = useDraft((now) => now.draft.scene);
  const { faults } = useGenerate();
  const cell = useCell();
  return (
    <section className={styles.section} aria-label="Where the object is">
      <div className={styles.head}>
        <h2 className={styles.title}>Where the object is</h2>
      </div>
      <p className={styles.about}>Drag its box on the canvas, or draw it anew.</p>
      <BoxFields
        id={OBJECT}
        box={box}
        error={faultAt(faults, 'layout', 'box')}
        onChange={(next, name) => edit((draft) => changeBox(draft, OBJECT, next), name)}
      />
      <NumberField
        label="Softness"
        hint="Pixels at the box’s edge over which the object gives way to the background."
        affix="px"
        value={soft}
        min={0}
        max={4096}
        step={cell}
        error={faultAt(faults, 'layout', 'soft')}
        testId="soft"
        onCommit={(value) =>
          edit((draft) => ({ ...draft, scene: { ...draft.scene, soft: Math.round(value) } }), 'soft')
        }
      />
    </section>
  );
}

/** A scene: its three prompts, and the box in which the object shows. */
export function ScenePanel() {
  return (
    <>
      <section className={styles.section} aria-label="Scene">
        <div className={styles.head}>
          <h2 className={styles.title}>Scene</h2>
        </div>
        <p className={styles.about}>
          Two pictures are made at once, a background and an object, and a third that shows the object inside its box.
          All three have to make sense.
        </p>
        <Parts />
      </section>
      <ObjectBox />
    </>
  );
}
