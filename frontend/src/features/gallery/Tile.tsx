import { type MouseEvent, memo, useLayoutEffect, useRef } from 'react';
import type { JobResource } from '../../api/types';
import { Icon, type IconName } from '../../ui/icons';
import { words } from '../../words/words';
import { titleOf } from '../jobs/words';
import styles from './gallery.module.css';
import { Thumbnail } from './Thumbnail';

const said = words.gallery;

/** What a tile tells the grid, with the id of its job. It is the same object as long as the grid exists. */
export interface TileEvents {
  onPress: (id: string, event: MouseEvent) => void;
  onOpen: (id: string) => void;
  onCheck: (id: string, event: MouseEvent) => void;
  onStar: (id: string) => void;
  onFocus: (id: string) => void;
}

interface TileProps {
  job: JobResource;
  column: number;
  chosen: boolean;
  /** The keyboard is here, so the Tab key comes here. */
  current: boolean;
  /** Take the focus, if it is nowhere or on another tile. */
  focused: boolean;
  events: TileEvents;
}

interface MarkProps {
  className: string | undefined;
  label: string;
  on: boolean;
  icon: IconName;
  testId: string;
  onClick: (event: MouseEvent) => void;
}

/** A small switch on a tile. The keyboard does the same with a key, so the Tab key passes over it. */
const Mark = ({ className, label, on, icon, testId, onClick }: MarkProps) => (
  <button
    type="button"
    tabIndex={-1}
    className={`${styles.mark} ${className}`}
    aria-label={label}
    aria-pressed={on}
    title={label}
    data-testid={testId}
    onClick={onClick}
  >
    <Icon name={icon} size={14} />
  </button>
);

/** A job in the grid: its first picture, its prompts, its star. */
export const Tile = memo(function Tile({ job, column, chosen, current, focused, events }: TileProps) {
  const button = useRef<HTMLButtonElement>(null);
  const title = titleOf(job.spec);
  const [output] = job.outputs;
  const count = job.outputs.length;
  useLayoutEffect(() => {
    const other = document.activeElement !== document.body && !document.activeElement?.closest('[role=grid]');
    if (focused && !other) button.current?.focus({ preventScroll: true });
  }, [focused]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the button inside the cell has the focus
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised
    <div
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={chosen}
      className={styles.tile}
      data-testid="gallery-item"
      data-job={job.id}
    >
      <button
        ref={button}
        type="button"
        tabIndex={current ? 0 : -1}
        className={styles.picture}
        aria-label={title}
        title={title}
        data-testid="gallery-picture"
        onClick={(event) => events.onPress(job.id, event)}
        onDoubleClick={() => events.onOpen(job.id)}
        onFocus={() => events.onFocus(job.id)}
      >
        {output && <Thumbnail output={output} />}
      </button>
      <Mark
        className={styles.check}
        label={said.select(title)}
        on={chosen}
        icon="check"
        testId="gallery-check"
        onClick={(event) => events.onCheck(job.id, event)}
      />
      <Mark
        className={styles.star}
        label={said.favourite(title)}
        on={job.favourite ?? false}
        icon="star"
        testId="gallery-star"
        onClick={() => events.onStar(job.id)}
      />
      {output?.stopped_at && (
        <span className={styles.stopped}>{said.stopped(output.stopped_at.step, output.stopped_at.of)}</span>
      )}
      {count > 1 && (
        <span className={styles.count} title={said.several(count)}>
          {count}
        </span>
      )}
      <span className={styles.caption} aria-hidden="true">
        {title}
      </span>
    </div>
  );
});
