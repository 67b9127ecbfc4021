import { lazy } from 'react';
import { useSession } from '../../session';
import { Dialog } from '../../ui/Dialog';
import { Later } from '../../ui/Later';
import { words } from '../../words/words';
import { closeAround, useAround } from '../around/state';
import { useBrought } from '../brought/brought';

const HelpSheet = lazy(() => import('./HelpSheet').then(({ HelpSheet }) => ({ default: HelpSheet })));
const Palette = lazy(() => import('./Palette').then(({ Palette }) => ({ default: Palette })));

const AroundView = lazy(() => import('../around/AroundView'));
const BroughtMenu = lazy(() => import('../brought/BroughtMenu').then(({ BroughtMenu }) => ({ default: BroughtMenu })));

const closeHelp = () => useSession.setState({ helpOpen: false });
const closePalette = () => useSession.setState({ paletteOpen: false });

/** The sheet of keys, the command palette, the 360° viewer and the menu of a brought picture, which are loaded when they are opened. */
export function Sheets() {
  const { helpOpen, paletteOpen } = useSession();
  const { brought } = useBrought();
  const { shown } = useAround();
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
      <Dialog title={words.around.title} wide open={shown !== null} onClose={closeAround}>
        <Later>{shown && <AroundView output={shown} />}</Later>
      </Dialog>
      {brought && (
        <Later waiting={<span />}>
          <BroughtMenu brought={brought} />
        </Later>
      )}
    </>
  );
}
