import { Menu as Parts } from '@base-ui/react/menu';
import { Fragment, type ReactNode, type RefObject } from 'react';
import { Icon } from './icons';
import styles from './Menu.module.css';
import type { MenuChoice, MenuEntry, MenuItem } from './menuEntries';

interface MenuPopupProps {
  label: string;
  anchor: RefObject<HTMLElement | null>;
  /** Shown above the entries. */
  head?: ReactNode;
  entries: readonly MenuEntry[];
  opens: 'up' | 'down';
  /** The element that gets the focus when the menu closes: the anchor by default. */
  after?: () => HTMLElement | null;
  onClose: () => void;
}

function Item({ item }: { item: MenuItem }) {
  return (
    <Parts.Item
      className={styles.item}
      disabled={item.disabled ?? false}
      data-testid={item.testId}
      onClick={item.onSelect}
    >
      <span className={styles.icon}>{item.icon && <Icon name={item.icon} />}</span>
      <span className={styles.label}>{item.label}</span>
      {item.keys && <kbd className={styles.keys}>{item.keys}</kbd>}
    </Parts.Item>
  );
}

function Choice({ title, value, options, onSelect }: MenuChoice) {
  return (
    <Parts.RadioGroup value={value} onValueChange={onSelect} aria-label={title}>
      <div className={styles.title}>{title}</div>
      {options.map(([one, label, says]) => (
        <Parts.RadioItem key={one} value={one} className={styles.item} closeOnClick data-testid={`choice-${one}`}>
          <span className={styles.icon}>
            <Parts.RadioItemIndicator className={styles.dot} />
          </span>
          <span className={styles.label}>
            {label}
            {says && <span className={styles.says}>{says}</span>}
          </span>
        </Parts.RadioItem>
      ))}
    </Parts.RadioGroup>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  if ('options' in entry) return <Choice {...entry} />;
  if ('label' in entry) return <Item item={entry} />;
  return entry.map((item) => <Item key={item.label} item={item} />);
}

const nameOf = (entry: MenuEntry): string =>
  'title' in entry ? entry.title : 'label' in entry ? entry.label : entry.map(({ label }) => label).join();

const isApart = (entry: MenuEntry | undefined): boolean =>
  entry !== undefined && !('onSelect' in entry && 'label' in entry);

/** An open menu: arrows and first letters move, Escape closes, and the focus returns to the button or goes to another
 * element. */
export function MenuPopup({ label, anchor, head, entries, opens, after, onClose }: MenuPopupProps) {
  return (
    <Parts.Root open onOpenChange={(open) => !open && onClose()}>
      <Parts.Portal>
        <Parts.Positioner
          className={styles.positioner}
          anchor={anchor}
          side={opens === 'up' ? 'top' : 'bottom'}
          align="start"
          sideOffset={4}
        >
          <Parts.Popup className={styles.popup} aria-label={label} finalFocus={after ?? anchor}>
            {head}
            {entries.map((entry, at) => (
              <Fragment key={nameOf(entry)}>
                {at > 0 && (isApart(entry) || isApart(entries[at - 1])) && <Parts.Separator className={styles.line} />}
                <Entry entry={entry} />
              </Fragment>
            ))}
          </Parts.Popup>
        </Parts.Positioner>
      </Parts.Portal>
    </Parts.Root>
  );
}
