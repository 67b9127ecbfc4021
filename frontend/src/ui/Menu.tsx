import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { IconButton } from './Button';
import styles from './controls.module.css';
import { Icon, type IconName } from './icons';
import { usePressOutside } from './usePressOutside';

interface MenuEntry {
  label: string;
  icon: IconName;
  onSelect: () => void;
}

interface MenuProps {
  label: string;
  entries: MenuEntry[];
  /** The side of the button on which the list opens. */
  opens?: 'up' | 'down';
}

/** A button that opens a short list of actions; arrows move, Escape closes, focus returns to the button. */
export function Menu({ label, entries, opens = 'up' }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = () => [...(root.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]') ?? [])];

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLButtonElement>('[role=menuitem]')?.focus();
  }, [open]);
  usePressOutside(root, open, () => setOpen(false));

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={root} className={styles.menu}>
      <IconButton
        ref={button}
        label={label}
        icon="more"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <div
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className={`${styles.menuItems} ${opens === 'up' ? styles.above : styles.below}`}
          onKeyDown={onKeyDown}
        >
          {entries.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={styles.menuItem}
              onClick={() => {
                close();
                entry.onSelect();
              }}
            >
              <Icon name={entry.icon} />
              {entry.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
