import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { Button } from './Button';
import styles from './controls.module.css';
import type { MenuEntry } from './menuEntries';

interface MenuProps {
  label: string;
  entries: readonly MenuEntry[];
  /** The content of the button: three dots if it is left out. */
  children?: ReactNode;
  /** The side of the button on which the menu opens. */
  opens?: 'up' | 'down';
  id?: string;
  testId?: string;
  look?: 'primary' | 'quiet';
  className?: string | undefined;
  disabled?: boolean;
}

const load = () => import('./MenuPopup');
const MenuPopup = lazy(() => load().then(({ MenuPopup }) => ({ default: MenuPopup })));

/** A button that opens a menu. The menu's code is loaded as soon as the pointer or the focus comes near. */
export function Menu({
  label,
  entries,
  children,
  opens = 'up',
  id,
  testId,
  look = 'quiet',
  className = '',
  disabled = false,
}: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const named = typeof children === 'string'; // an icon needs a name
  return (
    <>
      <Button
        ref={button}
        id={id}
        look={look}
        disabled={disabled}
        icon={children ? undefined : 'more'}
        className={children ? className : `${styles.icon} ${className}`}
        aria-label={named ? undefined : label}
        title={named ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid={testId}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpen(!open)}
      >
        {children}
      </Button>
      {open && (
        <Suspense>
          <MenuPopup label={label} anchor={button} entries={entries} opens={opens} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
