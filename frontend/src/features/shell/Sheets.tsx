import { lazy } from 'react';
import { useSession } from '../../session';
import { Dialog } from '../../ui/Dialog';
import { Later } from '../../ui/Later';
import { words } from '../../words/words';
import { closeAround, useAround } from '../around/state';
import { useBrought } from '../brought/brought';
import { closeVariations, useComparing } from '../compare/state';
import { closeSharing, useSharing } from '../sharing/state';
import { closeWorkers, useWorkersOpen } from '../workers/state';

const HelpSheet = lazy(() => import('./HelpSheet').then(({ HelpSheet }) => ({ default: HelpSheet })));
const Palette = lazy(() => import('./Palette').then(({ Palette }) => ({ default: Palette })));

const AroundView = lazy(() => import('../around/AroundView'));
const Variations = lazy(() => import('../compare/Variations'));
const WorkersList = lazy(() => import('../workers/WorkersList'));
const Sharing = lazy(() => import('../sharing/Sharing'));
const BroughtMenu = lazy(() => import('../brought/BroughtMenu').then(({ BroughtMenu }) => ({ default: BroughtMenu })));

const closeHelp = () => useSession.setState({ helpOpen: false });
const closePalette = () => useSession.setState({ paletteOpen: false });

/** The sheet of keys, the command palette, the 360° viewer, the dialogs of variations and of workers, and the menu of a brought picture. Each
 * is loaded when it is opened. */
export function Sheets() {
  const { helpOpen, paletteOpen } = useSession();
  const { brought } = useBrought();
  const { shown } = useAround();
  const { shared } = useSharing();
  const varying = useComparing((now) => now.varying);
  const listing = useWorkersOpen((now) => now.open);
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
      <Dialog title={words.compare.variationsTitle} open={varying} onClose={closeVariations}>
        <Later>
          <Variations />
        </Later>
      </Dialog>
      <Dialog title={words.workers.title} open={listing} onClose={closeWorkers}>
        <Later>
          <WorkersList />
        </Later>
      </Dialog>
      <Dialog title={words.sharing.title[shared?.kind ?? 'job']} open={shared !== null} onClose={closeSharing}>
        <Later>{shared && <Sharing {...shared} />}</Later>
      </Dialog>
      {brought && (
        <Later waiting={<span />}>
          <BroughtMenu brought={brought} />
        </Later>
      )}
    </>
  );
}
