import { LIMITS } from '../../api/limits';
import type { Transform } from '../../api/types';
import { addView, changeView, removeView } from '../../document/anchors';
import type { View } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { writePrompt } from '../../session';
import { announce } from '../../ui/announce';
import { Button, IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { optionsOf, words } from '../../words/words';
import styles from './layout.module.css';
import { PromptPart } from './PromptPart';

function add(): void {
  edit((draft) => {
    const [next, { id }] = addView(draft);
    writePrompt(id);
    announce(words.layout.viewAdded(next.illusion.views.length));
    return next;
  });
}

function Item({ view, index, count }: { view: View; index: number; count: number }) {
  const { id, transform } = view;
  const remove = () => {
    edit((draft) => removeView(draft, id));
    announce(words.layout.viewRemoved(index + 1));
  };
  return (
    <PromptPart
      id={id}
      title={words.layers.viewOf(index + 1)}
      label={words.layout.promptOfView(index + 1)}
      value={view}
      placeholder={index === 0 ? words.layout.exampleSea : words.layout.exampleDesert}
      at={['layout', 'views', index]}
      offers={['model', 'active']}
      testId="prompt"
      change={(part, name) => edit((draft) => changeView(draft, id, part), `${name} ${id}`)}
    >
      <select
        className={`${controls.input} ${controls.select} ${styles.transform}`}
        aria-label={words.layout.lookOfView(index + 1)}
        value={transform}
        data-testid="transform"
        onChange={({ target }) =>
          edit((draft) => changeView(draft, id, { transform: target.value as Transform }), `transform ${id}`)
        }
      >
        {optionsOf(words.looks.ways).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <div className={styles.buttons}>
        <IconButton
          label={words.layout.removeView}
          icon="trash"
          look="danger"
          small
          disabled={count <= LIMITS.Illusion.views.fewest}
          data-removes="view"
          onClick={(event) => keepFocus(event, remove)}
        />
      </div>
    </PromptPart>
  );
}

/** The fields of an illusion: a prompt for each way of looking at the picture. */
export function IllusionPanel() {
  const views = useDraft((now) => now.draft.illusion.views);
  return (
    <section className={styles.section} aria-label={words.layout.views}>
      <div className={styles.head}>
        <h2 className={styles.title}>{words.layout.views}</h2>
        <Button
          look="quiet"
          small
          icon="plus"
          data-testid="add-view"
          data-remains="view"
          disabled={views.length >= LIMITS.Illusion.views.most}
          onClick={add}
        >
          {words.layout.addView}
        </Button>
      </div>
      <p className={styles.about}>{words.layout.illusionSays}</p>
      <ol className={styles.list} data-testid="view-list">
        {views.map((view, index) => (
          <li key={view.id}>
            <Item view={view} index={index} count={views.length} />
          </li>
        ))}
      </ol>
    </section>
  );
}
