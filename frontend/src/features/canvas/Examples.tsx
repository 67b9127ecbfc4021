import { canvasOf, type Draft } from '../../document/draft';
import { EXAMPLES, type Example } from '../../document/examples';
import { edit } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { zone } from '../../geometry/zones';
import { select } from '../../session';
import styles from './canvas.module.css';

/** A layout in small: its zones or boxes in their colours. */
function Sketch({ draft }: { draft: Draft }) {
  const canvas = canvasOf(draft);
  const parts =
    draft.kind === 'panorama'
      ? draft.panorama.anchors.map(({ id }, index, all) => ({ id, box: zone(index, all.length, 'x', canvas) }))
      : (draft.regions.patches ?? []);
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${canvas.width} ${canvas.height}`} aria-hidden="true">
      {parts.map(({ id, box }) => (
        <rect key={id} {...box} fill={colourOf(id)} fillOpacity={0.3} stroke={colourOf(id)} strokeWidth={4} rx={4} />
      ))}
    </svg>
  );
}

function open({ draft }: Example): void {
  edit((now) => ({ ...draft, sampling: now.sampling, [other(draft)]: now[other(draft)] }));
  select(null);
}

const other = ({ kind }: Draft) => (kind === 'panorama' ? 'regions' : 'panorama');

/** What an empty canvas offers: three layouts to begin with. */
export function Examples() {
  return (
    <div className={styles.examples}>
      <p>Begin with an example, or write a prompt.</p>
      <div className={styles.cards}>
        {EXAMPLES.map((example) => (
          <button
            key={example.id}
            type="button"
            className={styles.card}
            data-testid={`example-${example.id}`}
            onClick={() => open(example)}
          >
            <Sketch draft={example.draft} />
            <span className={styles.cardTitle}>{example.title}</span>
            <span className={styles.cardSays}>{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
