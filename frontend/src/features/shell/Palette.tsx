import { Command } from 'cmdk';
import type { Action } from '../../actions/action';
import { shownKeys } from '../../actions/chord';
import { Icon } from '../../ui/icons';
import { words } from '../../words/words';
import { allActions } from './allActions';
import styles from './palette.module.css';

const isOffered = ({ id, enabled }: Action) => id !== 'show.palette' && (enabled?.() ?? true);

const focus = (field: HTMLInputElement | null) => field?.focus();

interface PaletteProps {
  /** Called before the chosen action runs. */
  onClose: () => void;
}

/** How well a command fits what is typed: 1 if its name begins with it, less if its name holds it, the more so the longer
 * the name is, and 0 if a word of it is in neither name nor keywords. */
function fit(label: string, typed: string, keywords: string[] = []): number {
  const [name, said] = [label.toLowerCase(), typed.trim().toLowerCase()];
  if (name.startsWith(said)) return 1;
  if (name.includes(said)) return 0.6 + 0.2 / name.length; // the shorter name says less besides
  const all = `${name} ${keywords.join(' ').toLowerCase()}`;
  return said.split(/\s+/).every((word) => all.includes(word)) ? 0.5 : 0;
}

/** A field that finds actions by their name and by related words. */
export function Palette({ onClose }: PaletteProps) {
  const choose = (action: Action) => {
    onClose();
    setTimeout(action.run); // once the dialog has given the focus back
  };
  return (
    <Command className={styles.palette} label={words.shell.palette} filter={fit} loop data-testid="palette">
      <Command.Input
        className={styles.input}
        placeholder={words.shell.paletteHint}
        ref={focus}
        data-testid="palette-input"
      />
      <Command.List className={styles.list} label={words.shell.palette}>
        <Command.Empty className={styles.none}>{words.shell.paletteNone}</Command.Empty>
        {allActions()
          .filter(isOffered)
          .map((action) => (
            <Command.Item
              key={action.id}
              className={styles.item}
              value={action.label}
              keywords={action.keywords ? action.keywords.split(' ') : []}
              data-testid={`action-${action.id}`}
              onSelect={() => choose(action)}
            >
              <span className={styles.icon}>{action.icon && <Icon name={action.icon} />}</span>
              <span className={styles.label}>{action.label}</span>
              {action.keys?.[0] && <kbd className={styles.keys}>{shownKeys(action.keys[0])}</kbd>}
            </Command.Item>
          ))}
      </Command.List>
    </Command>
  );
}
