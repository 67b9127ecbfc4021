import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { changeBox, OBJECT } from '../../document/boxes';
import { edit, useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { BoxFields } from './BoxFields';
import styles from './layout.module.css';
import { PromptPart } from './PromptPart';

const PARTS = [
  { id: 'background', title: 'Background', placeholder: 'For example: a meadow by day', offers: ['seed', 'model'] },
  { id: 'object', title: 'Object', placeholder: 'For example: a house', offers: ['seed', 'model'] },
  {
    id: 'whole',
    title: 'Both together',
    placeholder: 'For example: a meadow by day, a house',
    offers: ['model', 'active'],
  },
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
    <section className={styles.section} aria-label="Position of the object">
      <div className={styles.head}>
        <h2 className={styles.title}>Position of the object</h2>
      </div>
      <p className={styles.about}>Drag its box on the canvas, or draw another one.</p>
      <BoxFields
        id={OBJECT}
        box={box}
        error={faultAt(faults, 'layout', 'box')}
        onChange={(next, name) => edit((draft) => changeBox(draft, OBJECT, next), name)}
      />
      <NumberField
        label="Feather"
        hint="Over how many pixels at the box’s edge the object fades into the background."
        affix="px"
        value={soft}
        {...LIMITS.Scene.soft}
        step={cell}
        error={faultAt(faults, 'layout', 'soft')}
        testId="soft"
        onCommit={(value) => edit((draft) => ({ ...draft, scene: { ...draft.scene, soft: value } }), 'soft')}
      />
    </section>
  );
}

/** The fields of a scene: its three prompts, and the box of the object. */
export function ScenePanel() {
  return (
    <>
      <section className={styles.section} aria-label="Scene">
        <div className={styles.head}>
          <h2 className={styles.title}>Scene</h2>
        </div>
        <p className={styles.about}>
          Three pictures are generated together: a background, an object, and a third that shows the object inside its
          box. Each follows its own prompt.
        </p>
        <Parts />
      </section>
      <ObjectBox />
    </>
  );
}
