import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { changeBox, OBJECT } from '../../document/boxes';
import { changed } from '../../document/change';
import { edit, useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { BoxFields } from './BoxFields';
import styles from './layout.module.css';
import { PromptPart } from './PromptPart';

const PARTS = [
  { id: 'background', offers: ['seed', 'model'] },
  { id: 'object', offers: ['seed', 'model'] },
  { id: 'whole', offers: ['model', 'active'] },
] as const;

function Parts() {
  const scene = useDraft((now) => now.draft.scene);
  return PARTS.map(({ id, offers }) => (
    <PromptPart
      key={id}
      id={id}
      title={words.layers[id]}
      label={words.layout.promptOf(words.layers[id])}
      value={scene[id]}
      placeholder={words.layout.sceneExamples[id]}
      at={['layout', id]}
      offers={offers}
      testId={`prompt-${id}`}
      change={(part, name) =>
        edit(
          (draft) => ({ ...draft, scene: { ...draft.scene, [id]: changed(draft.scene[id], part) } }),
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
    <section className={styles.section} aria-label={words.layout.objectPosition}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.layout.objectPosition}</h2>
      </div>
      <p className={styles.about}>{words.layout.dragBox}</p>
      <BoxFields
        id={OBJECT}
        box={box}
        error={faultAt(faults, 'layout', 'box')}
        onChange={(next, name) => edit((draft) => changeBox(draft, OBJECT, next), name)}
      />
      <NumberField
        label={words.terms.feather}
        hint={words.layout.objectFeatherHint}
        affix={words.masks.pixels}
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
      <section className={styles.section} aria-label={words.kinds.scene.name}>
        <div className={styles.head}>
          <h2 className={styles.title}>{words.kinds.scene.name}</h2>
        </div>
        <p className={styles.about}>{words.layout.sceneSays}</p>
        <Parts />
      </section>
      <ObjectBox />
    </>
  );
}
