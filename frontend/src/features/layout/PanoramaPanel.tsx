import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { useAdapters } from '../../api/queries';
import { addAnchor, changeAnchor, removeAnchor, shiftAnchor } from '../../document/anchors';
import type { Anchor } from '../../document/draft';
import { isPlain } from '../../document/job';
import { edit, useDraft } from '../../document/store';
import { select, writePrompt } from '../../session';
import { announce } from '../../ui/announce';
import { Button, IconButton } from '../../ui/Button';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import { AnchorPlace, Spread } from './AnchorPlace';
import styles from './layout.module.css';
import { NegativePrompt } from './NegativePrompt';
import { type ChangePrompted, OwnFields } from './OwnFields';
import { PromptPart } from './PromptPart';

interface AnchorItemProps {
  anchor: Anchor;
  index: number;
  count: number;
  axis: 'x' | 'y';
}

/** Buttons that move a prompt among the others, or remove it. */
function Buttons({ anchor: { id }, index, count, axis }: AnchorItemProps) {
  const [before, after] =
    axis === 'x' ? [words.layout.moveLeft, words.layout.moveRight] : [words.layout.moveUp, words.layout.moveDown];
  const move = (by: number) => {
    edit((draft) => shiftAnchor(draft, id, by));
    announce(words.layout.promptMoved(index + 1 + by, count));
  };
  const remove = () => {
    edit((draft) => removeAnchor(draft, id));
    announce(words.layout.promptRemoved(index + 1));
  };
  const last = index === count - 1;
  return (
    <div className={styles.buttons}>
      <AnchorPlace id={id} index={index} />
      <IconButton label={before} icon="up" small disabled={index === 0} onClick={() => move(-1)} />
      <IconButton label={after} icon="down" small disabled={last} onClick={() => move(1)} />
      <IconButton
        label={words.layout.removePrompt}
        icon="trash"
        look="danger"
        small
        data-removes="prompt"
        onClick={(event) => keepFocus(event, remove)}
      />
    </div>
  );
}

/** The own settings of a single prompt. They are left out if it has none and the server has no adapters. */
function Own({ anchor, change }: { anchor: Anchor; change: ChangePrompted }) {
  const adapters = useAdapters().data ?? [];
  const { id: _, ...prompted } = anchor;
  if (adapters.length === 0 && isPlain(prompted)) return null;
  return (
    <OwnFields
      summary={words.layout.morePrompt}
      value={anchor}
      at={['layout', 'windows', 0]}
      offers={['seed']}
      change={change}
    />
  );
}

function AnchorItem(props: AnchorItemProps) {
  const { anchor, index, count } = props;
  const { faults } = useGenerate();
  const { id } = anchor;
  const change: ChangePrompted = (part, name) => edit((draft) => changeAnchor(draft, id, part), `${name} ${id}`);
  const field = { placeholder: words.layout.exampleSea, testId: 'prompt' };
  if (count === 1) {
    return (
      <>
        <PromptField
          {...field}
          id={`prompt-${id}`}
          label={words.terms.prompt}
          hideLabel
          value={anchor.prompt}
          model={anchor.model}
          error={faultAt(faults, 'layout', 'prompt') ?? faultAt(faults, 'layout', 'windows', 0, 'prompt')}
          onChange={(prompt) => change({ prompt }, 'prompt')}
          onFocus={() => select(id)}
        />
        <Own anchor={anchor} change={change} />
      </>
    );
  }
  return (
    <PromptPart
      {...field}
      id={id}
      title={words.layout.placeOf(index + 1, count)}
      label={words.layout.promptPlace(index + 1, count)}
      value={anchor}
      at={['layout', 'windows', index]}
      offers={['seed']}
      change={change}
    >
      <Buttons {...props} />
    </PromptPart>
  );
}

function add(): void {
  edit((draft) => {
    const [next, added] = addAnchor(draft);
    writePrompt(added.id);
    announce(words.layout.promptAdded(next.panorama.anchors.length));
    return next;
  });
}

/** The prompts of a panorama, in their order along the canvas. */
export function PanoramaPanel() {
  const { anchors, axis, negative_prompt } = useDraft((now) => now.draft.panorama);
  return (
    <section className={styles.section} aria-label={words.layout.prompts}>
      <div className={styles.head}>
        <h2 className={styles.title}>
          {anchors.length > 1 ? words.layout.promptsInOrder(anchors.length, axis) : words.terms.prompt}
        </h2>
        <Button
          look="quiet"
          small
          icon="plus"
          data-testid="add-anchor"
          data-remains="prompt"
          disabled={anchors.length >= LIMITS.Panorama.windows.most}
          onClick={add}
        >
          {words.layout.addPrompt}
        </Button>
      </div>
      <Spread />
      <ol className={styles.list}>
        {anchors.map((anchor, index) => (
          <li key={anchor.id}>
            <AnchorItem anchor={anchor} index={index} count={anchors.length} axis={axis} />
          </li>
        ))}
      </ol>
      <NegativePrompt
        value={negative_prompt}
        onChange={(text) =>
          edit((draft) => ({ ...draft, panorama: { ...draft.panorama, negative_prompt: text } }), 'negative')
        }
      />
    </section>
  );
}
