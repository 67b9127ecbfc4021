import { useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import { words } from '../../words/words';

/** Opens and closes the sheet of a phone. */
export function SheetHandle() {
  const open = useSession((now) => now.sheetOpen);
  return (
    <IconButton
      label={open ? words.shell.hideSheet : words.shell.showSheet}
      icon={open ? 'down' : 'up'}
      aria-expanded={open}
      data-testid="sheet"
      onClick={() => useSession.setState({ sheetOpen: !open })}
    />
  );
}
