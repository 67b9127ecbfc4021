import { useModels } from '../../api/queries';
import type { Kind } from '../../api/types';
import { examplesFor, titleOfExample, withExample } from '../../document/examples';
import { edit } from '../../document/store';
import { select } from '../../session';
import { focusCanvas } from '../../ui/focusCanvas';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { useFirstModel } from '../jobs/useGenerate';
import styles from './canvas.module.css';
import { useDrag } from './drag';
import { thumbnailOf } from './thumbnail';

/** The examples that an empty canvas offers. A drag that begins on one of them draws on the canvas below, except on a phone,
 * where they are a row that scrolls. */
export function Examples({ kind }: { kind: Kind }) {
  const narrow = useNarrow();
  const examples = examplesFor(kind);
  const models = useModels().data;
  const first = useFirstModel()?.description;
  const drawing = useDrag((now) => now.drawn !== null || now.marquee !== null || now.stroke !== null);
  return (
    <div className={styles.examples} data-drawing={drawing || undefined}>
      <p>{kind === 'custom' ? words.canvas.beginWithGraph : words.canvas.beginWith}</p>
      <div className={styles.cards}>
        {examples.map((example) => (
          <button
            key={example.id}
            type="button"
            className={styles.card}
            draggable={false}
            data-through={!narrow || undefined}
            data-testid={`example-${example.id}`}
            onClick={() => {
              edit((draft) => withExample(draft, example, models, first));
              select(null);
              focusCanvas(); // the card goes
            }}
          >
            <img
              {...thumbnailOf(example)}
              className={styles.thumbnail}
              alt={words.canvas.pictureOf(example.says)}
              loading="lazy"
              decoding="async"
              draggable={false}
            />
            <span className={styles.cardTitle}>{titleOfExample(example)}</span>
            <span className={styles.cardSays} aria-hidden="true">
              {example.says}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
