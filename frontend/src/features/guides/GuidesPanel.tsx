import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { canvasOf } from '../../document/draft';
import type { Guide } from '../../document/guide';
import { addGuide, guidesOf } from '../../document/guides';
import { edit, useDraft } from '../../document/store';
import { newBox } from '../../geometry/box';
import { select } from '../../session';
import { announce } from '../../ui/announce';
import controls from '../../ui/controls.module.css';
import { Icon, type IconName } from '../../ui/icons';
import { words } from '../../words/words';
import { useCell, useGenerate } from '../jobs/useGenerate';
import layout from '../layout/layout.module.css';
import { startPainting, startPlacing } from '../painting/brush';
import { GuideItem } from './GuideItem';
import styles from './guides.module.css';

const KINDS: readonly { kind: Guide['kind']; icon: IconName }[] = [
  { kind: 'sketch', icon: 'brush' },
  { kind: 'palette', icon: 'box' },
  { kind: 'keep_close', icon: 'picture' },
];

/** Add a guide, and choose it. A sketch can be painted, and a palette's box can be drawn, at once. */
function add(kind: Guide['kind'], cell: number): void {
  edit((draft) => {
    const [next, { id }] = addGuide(draft, kind, newBox(canvasOf(draft), cell, guidesOf(draft).length));
    if (kind === 'sketch') startPainting(id);
    else if (kind === 'palette') startPlacing(id);
    else select(id);
    announce(words.guides.added(words.guides.kinds[kind].name));
    return next;
  });
}

/** Colours and pictures that the result follows, for every layout but custom graphs, which have laws instead. */
export function GuidesPanel() {
  const draft = useDraft((now) => now.draft);
  const { faults } = useGenerate();
  const cell = useCell();
  if (draft.kind === 'custom') return null;
  const guides = guidesOf(draft);
  const general = faults.find(({ location }) => location.length === 2 && location[1] === 'guides')?.message;
  return (
    <section
      className={layout.section}
      aria-label={words.layers.guides}
      data-testid="guides"
      data-faulty={faultAt(faults, 'layout', 'guides') ? true : undefined}
    >
      <div className={layout.head}>
        <h2 className={layout.title}>{words.layers.guides}</h2>
        <span className={layout.says}>{guides.length > 0 ? words.guides.count(guides.length) : words.guides.none}</span>
      </div>
      <p className={layout.about}>{words.guides.about}</p>
      {general && <p className={controls.error}>{general}</p>}
      {guides.length > 0 && (
        <ol className={layout.list} data-testid="guide-list">
          {guides.map((guide) => (
            <GuideItem key={guide.id} guide={guide} />
          ))}
        </ol>
      )}
      <div className={styles.kinds}>
        {KINDS.map(({ kind, icon }) => (
          <button
            key={kind}
            type="button"
            className={styles.kind}
            disabled={guides.length >= LIMITS.Regions.guides.most}
            data-testid={`add-${kind}`}
            data-remains="guide"
            onClick={() => add(kind, cell)}
          >
            <Icon name={icon} />
            <span>
              <strong>{words.guides.kinds[kind].name}</strong>
              <span>{words.guides.kinds[kind].says}</span>
            </span>
            <Icon name="plus" />
          </button>
        ))}
      </div>
    </section>
  );
}
