import { memo, type RefObject, useEffect, useLayoutEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import type { Option, OptionGroup } from './options';
import styles from './prompts.module.css';

interface OptionListProps {
  id: string;
  label: string;
  anchor: RefObject<HTMLElement | null>;
  groups: readonly OptionGroup[];
  /** The key of the option that Enter takes. */
  active: string | null;
  /** The sentence that stands for an empty list. */
  empty: string;
  onTake: (option: Option) => void;
}

const [GAP, MOST_HIGH, LEAST_HIGH, LEAST_WIDE] = [4, 288, 120, 240]; // screen pixels
const [NARROW, HIGH_ON_NARROW] = [860, 152]; // a phone has fields and tabs around the prompt, which stay in reach

interface Place {
  left: number;
  width: number;
  maxHeight: number;
  top?: number;
  bottom?: number;
}

/** Return the lowest point of the list: it leaves a phone's keyboard free, and a footer such as that of Generate. */
function floorBelow(bottom: number): number {
  const seen = window.visualViewport;
  const footer = document.querySelector('[data-footer]')?.getBoundingClientRect().top ?? 0;
  const screen = seen ? seen.offsetTop + seen.height : window.innerHeight;
  return footer > bottom ? Math.min(screen, footer) : screen;
}

/** Place the list below a field, or above it if there is no room for the whole list below. */
function placeAt(element: HTMLElement): Place {
  const { left, top, bottom, width } = element.getBoundingClientRect();
  const above = top - GAP * 2 - (window.visualViewport?.offsetTop ?? 0);
  const below = floorBelow(bottom) - bottom - GAP * 2;
  const wide = Math.min(Math.max(width, LEAST_WIDE), window.innerWidth - 2 * GAP);
  const across = { left: Math.max(GAP, Math.min(left, window.innerWidth - wide - GAP)), width: wide };
  const most = window.innerWidth > NARROW ? MOST_HIGH : HIGH_ON_NARROW;
  const high = (room: number) => Math.max(LEAST_HIGH, Math.min(most, room));
  if (below >= Math.min(above, most)) return { ...across, top: bottom + GAP, maxHeight: high(below) };
  return { ...across, bottom: window.innerHeight - top + GAP, maxHeight: high(above) };
}

function usePlace(anchor: RefObject<HTMLElement | null>): Place | null {
  const [place, setPlace] = useState<Place | null>(null);
  useLayoutEffect(() => {
    const move = () => anchor.current && setPlace(placeAt(anchor.current));
    move();
    window.addEventListener('scroll', move, true);
    window.addEventListener('resize', move);
    window.visualViewport?.addEventListener('resize', move);
    return () => {
      window.removeEventListener('scroll', move, true);
      window.removeEventListener('resize', move);
      window.visualViewport?.removeEventListener('resize', move);
    };
  }, [anchor]);
  return place;
}

export const idOfOption = (list: string, key: string): string => `${list}-${key}`;

interface RowProps {
  list: string;
  option: Option;
  active: boolean;
  onTake: (option: Option) => void;
}

const Row = memo(function Row({ list, option, active, onTake }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys act in the text field, which keeps the focus
    <div
      id={idOfOption(list, option.key)}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className={styles.option}
      onClick={() => onTake(option)}
    >
      {option.text}
    </div>
  );
});

/** The list below a prompt field. The field keeps the focus. */
export function OptionList({ id, label, anchor, groups, active, empty, onTake }: OptionListProps) {
  const place = usePlace(anchor);
  useEffect(() => {
    if (active !== null) document.getElementById(idOfOption(id, active))?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  if (!place) return null;
  const common = {
    className: styles.list,
    style: place,
    onPointerDown: (event: { preventDefault: () => void }) => event.preventDefault(),
    onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault(),
  };
  if (groups.length === 0) {
    return createPortal(
      <div {...common} role="status">
        <p className={styles.nothing}>{empty}</p>
      </div>,
      document.body,
    );
  }
  return createPortal(
    <div {...common} id={id} role="listbox" aria-label={label}>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no group of options
        <div key={group.name} role="group" aria-label={group.name}>
          <div className={styles.heading} aria-hidden="true">
            {group.name}
          </div>
          {group.options.map((option) => (
            <Row key={option.key} list={id} option={option} active={option.key === active} onTake={onTake} />
          ))}
        </div>
      ))}
    </div>,
    document.body,
  );
}
