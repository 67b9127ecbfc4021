import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { JobResource } from '../../api/types';
import { letterOf } from '../../ui/keys';
import { words } from '../../words/words';
import { openLayout, setFavourite, showOnCanvas, trash } from './changes';
import styles from './gallery.module.css';
import { move, pick, type Selection } from './selection';
import { Tile, type TileEvents } from './Tile';
import { useTileSize } from './useTileSize';

const OVERSCAN = 3; // rows beyond the visible ones
const AHEAD = 4; // rows before the end at which the next page is asked for

interface GridProps {
  jobs: readonly JobResource[];
  selection: Selection;
  onSelect: (change: (now: Selection) => Selection) => void;
  /** On a phone, a press shows the picture, unless pictures are being selected. */
  pressShows: boolean;
  /** The pictures are in the trash. Delete does nothing there. */
  inTrash: boolean;
  onEnd: () => void;
  onScroll: (top: number) => void;
}

type Steps = Record<string, (columns: number, count: number) => number>;
const STEPS: Steps = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
  PageUp: (columns) => -4 * columns,
  PageDown: (columns) => 4 * columns,
  Home: (_, count) => -count,
  End: (_, count) => count,
};

/** The pictures as a grid of which only the visible rows exist. */
export function Grid({ jobs, selection, onSelect, pressShows, inTrash, onEnd, onScroll }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { columns, height } = useTileSize(scroller);
  const [active, setActive] = useState(false); // the focus is, or was last, in the grid
  const order = useMemo(() => jobs.map(({ id }) => id), [jobs]);
  const latest = useRef({ jobs, order, selection, pressShows });
  latest.current = { jobs, order, selection, pressShows };
  const rows = Math.ceil(jobs.length / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height makes the old measurements wrong
  useEffect(() => virtual.measure(), [height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows > 0 && last >= rows - AHEAD) onEnd();
  }, [last, rows, onEnd]);

  const jobOf = useCallback((id: string) => latest.current.jobs.find((one) => one.id === id), []);
  const events = useMemo<TileEvents>(() => {
    const open = (id: string) => {
      const job = jobOf(id);
      if (job) showOnCanvas(job);
    };
    return {
      onPress: (id, event) => {
        const { order, selection, pressShows } = latest.current;
        if (pressShows && selection.chosen.size === 0) return open(id);
        const adds = event.ctrlKey || event.metaKey || pressShows;
        onSelect((now) => pick(order, now, id, event.shiftKey ? 'range' : adds ? 'toggle' : 'only'));
      },
      onOpen: open,
      onCheck: (id, event) =>
        onSelect((now) => pick(latest.current.order, now, id, event.shiftKey ? 'range' : 'toggle')),
      onStar: (id) => {
        const job = jobOf(id);
        if (job) setFavourite([job], !job.favourite);
      },
      onFocus: (id) => {
        setActive(true);
        onSelect((now) => (now.current === id ? now : { ...now, current: id }));
      },
    };
  }, [jobOf, onSelect]);

  const goTo = (next: Selection) => {
    onSelect(() => next);
    if (next.current !== null) virtual.scrollToIndex(Math.floor(order.indexOf(next.current) / columns));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const id = selection.current;
    const job = id === null ? undefined : jobOf(id);
    const mod = event.ctrlKey || event.metaKey;
    if (step) goTo(move(order, selection, step(columns, order.length), event.shiftKey));
    else if (event.key === ' ' && id) onSelect((now) => pick(order, now, id, event.shiftKey ? 'range' : 'toggle'));
    else if (event.key === 'Enter' && job) showOnCanvas(job);
    else if (event.key === 'Delete' && !inTrash)
      trash(selection.chosen.size > 0 ? [...selection.chosen] : id ? [id] : []);
    else if (letterOf(event) === 'o' && !mod && job) openLayout(job);
    else if (letterOf(event) === 'f' && !mod && job) setFavourite([job], !job.favourite);
    else if (letterOf(event) === 'a' && mod) onSelect((now) => ({ ...now, chosen: new Set(order) }));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const current = selection.current !== null && order.includes(selection.current) ? selection.current : order[0];
  return (
    <div ref={scroller} className={styles.scroller} onScroll={({ currentTarget }) => onScroll(currentTarget.scrollTop)}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised */}
      <div
        role="grid"
        aria-label={words.gallery.grid}
        aria-multiselectable="true"
        aria-rowcount={rows}
        aria-colcount={columns}
        className={styles.grid}
        style={{ height: virtual.getTotalSize() }}
        data-testid="gallery-grid"
        onKeyDown={onKeyDown}
        onBlur={({ relatedTarget, currentTarget }) => {
          if (relatedTarget && !currentTarget.contains(relatedTarget)) setActive(false);
        }}
      >
        {items.map(({ index, start, key }) => (
          // biome-ignore lint/a11y/useFocusableInteractive: one of the pictures has the focus
          // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised
          <div
            key={key}
            role="row"
            aria-rowindex={index + 1}
            className={styles.row}
            style={{ height, transform: `translateY(${start}px)`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}
          >
            {jobs.slice(index * columns, (index + 1) * columns).map((job, column) => (
              <Tile
                key={job.id}
                job={job}
                column={column}
                chosen={selection.chosen.has(job.id)}
                current={current === job.id}
                focused={active && selection.current === job.id}
                events={events}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
