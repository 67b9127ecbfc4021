import { faultAt } from '../../api/problem';
import { changeBox, HEAD } from '../../document/boxes';
import { type Change, changed } from '../../document/change';
import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { BoxFields } from './BoxFields';
import styles from './layout.module.css';
import { PoseFields } from './PoseFields';
import { PromptPart } from './PromptPart';
import { WeightFields } from './WeightFields';

type Portrait = Draft['portrait'];

const change = <Part extends 'body' | 'head'>(part: Part, change: Change<Portrait[Part]>, name: string) =>
  edit(
    (draft) => ({ ...draft, portrait: { ...draft.portrait, [part]: changed(draft.portrait[part], change) } }),
    `${name} ${part}`,
  );

/** The fields of a portrait: the figure, and the head with a prompt of its own. */
export function PortraitPanel() {
  const { body, head } = useDraft((now) => now.draft.portrait);
  const { faults } = useGenerate();
  return (
    <>
      <section className={styles.section} aria-label={words.kinds.portrait.name}>
        <div className={styles.head}>
          <h2 className={styles.title}>{words.kinds.portrait.name}</h2>
        </div>
        <p className={styles.about}>{words.layout.portraitSays}</p>
        <PromptPart
          id="body"
          title={words.layers.body}
          value={body}
          placeholder={words.layout.exampleDoctor}
          at={['layout', 'body']}
          offers={['seed', 'model']}
          testId="prompt-body"
          change={(part, name) => change('body', part, name)}
        />
        <PoseFields change={(control, name) => change('body', { control }, name)} />
        <PromptPart
          id={HEAD}
          title={words.layers.head}
          value={head}
          placeholder={words.layout.exampleFace}
          at={['layout', 'head']}
          offers={['seed', 'model', 'active']}
          testId="prompt-head"
          change={(part, name) => change('head', part, name)}
        />
      </section>
      <section className={styles.section} aria-label={words.layout.headPosition}>
        <div className={styles.head}>
          <h2 className={styles.title}>{words.layout.headPosition}</h2>
        </div>
        <p className={styles.about}>{words.layout.dragBox}</p>
        <BoxFields
          id={HEAD}
          box={head.box}
          error={faultAt(faults, 'layout', 'head', 'box')}
          onChange={(box, name) => edit((draft) => changeBox(draft, HEAD, box), name)}
        />
        <WeightFields
          value={head}
          fault={(field) => faultAt(faults, 'layout', 'head', field)}
          change={(part, name) => change('head', part, name)}
        />
      </section>
    </>
  );
}
