import { lazy } from 'react';
import { useSession } from '../../session';
import { Dialog } from '../../ui/Dialog';
import { Later } from '../../ui/Later';
import { words } from '../../words/words';

const HelpSheet = lazy(() => import('./HelpSheet').then(({ HelpSheet }) => ({ default: HelpSheet })));
const Palette = lazy(() => import('./Palette').then(({ Palette }) => ({ default: Palette })));

const closeHelp = () => useSession.setState({ helpOpen: false });
const closePalette = () => useSession.setState({ paletteOpen: false });

/** The sheet of keys and the command palette, which are loaded when they are opened. */
export function Sheets() {
  const { helpOpen, paletteOpen } = useSession();
  return (
    <>
      <Dialog title={words.help.title} open={helpOpen} onClose={closeHelp}>
        <Later>
          <HelpSheet />
        </Later>
      </Dialog>
      <Dialog title={words.shell.palette} bare open={paletteOpen} onClose={closePalette}>
        <Later>
          <Palette onClose={closePalette} />
        </Later>
      </Dialog>
    </>
  );
}
