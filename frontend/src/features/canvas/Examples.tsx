import type { ReactNode } from 'react';
import type { Draft } from '../../document/draft';
import { EXAMPLES, type Example } from '../../document/examples';
import { edit } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { select } from '../../session';
import styles from './canvas.module.css';
import { Scene } from './Scene';

const [FIRST, SECOND, THIRD] = [colourOf('p1'), colourOf('p2'), colourOf('p3')];

/** Each example in small, in an area of 216 by 56. */
const SKETCHES: Record<Example['id'], ReactNode> = {
  one: <Scene place="sea" x={0} width={216} />,
  three: (
    <>
      <Scene place="desert" x={0} width={72} />
      <Scene place="city" x={72} width={72} />
      <Scene place="sea" x={144} width={72} />
      <path d="M0 54.5h72" stroke={FIRST} strokeWidth={3} />
      <path d="M72 54.5h72" stroke={SECOND} strokeWidth={3} />
      <path d="M144 54.5h72" stroke={THIRD} strokeWidth={3} />
    </>
  ),
  boxes: (
    <>
      <Scene place="hills" x={0} width={216} />
      <Scene place="city" x={17} y={0} width={64} height={56} frame={FIRST} />
      <Scene place="sea" x={135} y={0} width={64} height={56} frame={SECOND} />
    </>
  ),
};

const other = ({ kind }: Draft) => (kind === 'panorama' ? 'regions' : 'panorama');

function open({ draft }: Example): void {
  edit((now) => ({ ...draft, sampling: now.sampling, [other(draft)]: now[other(draft)] }));
  select(null);
}

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
            <svg className={styles.sketch} viewBox="0 0 216 56" preserveAspectRatio="none" aria-hidden="true">
              {SKETCHES[example.id]}
            </svg>
            <span className={styles.cardTitle}>{example.title}</span>
            <span className={styles.cardSays}>{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
