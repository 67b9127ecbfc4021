import type { Action } from '../../actions/action';
import { redo, undo, useDraft } from '../../document/store';
import { showTab, type Tab, useSession } from '../../session';
import { focusCanvas } from '../../ui/focusCanvas';
import { chooseTheme } from '../../ui/theme';
import { words } from '../../words/words';
import { chooseKind, KINDS } from './kinds';

const { shell, kinds, theme } = words;
const history = () => useDraft.temporal.getState();

/** Open a drawer, or close it if it is open. */
export const toggleDrawer = (drawer: NonNullable<ReturnType<typeof useSession.getState>['drawer']>) =>
  useSession.setState((now) => ({ drawer: now.drawer === drawer ? null : drawer }));

/** Show the canvas, and give it the focus. */
export function toCanvas(): void {
  useSession.setState({ view: 'canvas', drawer: null });
  requestAnimationFrame(focusCanvas);
}

const general = (): readonly Action[] => [
  {
    id: 'edit.undo',
    label: shell.undo,
    icon: 'undo',
    keys: ['Mod+Z'],
    enabled: () => history().pastStates.length > 0,
    run: undo,
  },
  {
    id: 'edit.redo',
    label: shell.redo,
    icon: 'redo',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    enabled: () => history().futureStates.length > 0,
    run: redo,
  },
  {
    id: 'show.palette',
    label: shell.palette,
    keywords: shell.paletteKeywords,
    icon: 'search',
    keys: ['Mod+K'],
    run: () => useSession.setState(({ paletteOpen }) => ({ paletteOpen: !paletteOpen })),
  },
  { id: 'show.canvas', label: shell.toCanvas, keywords: shell.canvasKeywords, run: toCanvas },
  {
    id: 'show.gallery',
    label: shell.openGallery,
    keywords: shell.galleryKeywords,
    icon: 'gallery',
    keys: ['Shift+G'],
    run: () => toggleDrawer('gallery'),
  },
  {
    id: 'show.queue',
    label: shell.openQueue,
    keywords: shell.queueKeywords,
    icon: 'queue',
    keys: ['Shift+Q'],
    run: () => toggleDrawer('queue'),
  },
  {
    id: 'show.help',
    label: shell.keysAndHelp,
    keywords: shell.helpKeywords,
    icon: 'help',
    keys: ['?'],
    run: () => useSession.setState({ helpOpen: true }),
  },
];

const TABS: readonly Exclude<Tab, 'layers'>[] = ['region', 'picture', 'sampling'];

const tabs = (): readonly Action[] =>
  TABS.map((tab) => ({
    id: `show.${tab}`,
    label: shell.showTab(shell[tab]),
    keywords: shell.inspector,
    run: () => showTab(tab),
  }));

const layouts = (): readonly Action[] =>
  KINDS.map((kind) => ({
    id: `layout.${kind}`,
    label: shell.useLayout(kinds[kind].name),
    keywords: kinds[kind].says,
    run: () => chooseKind(kind),
  }));

const themes = (): readonly Action[] =>
  (['auto', 'light', 'dark'] as const).map((choice) => ({
    id: `theme.${choice}`,
    label: theme.use(theme[choice]),
    keywords: theme.keywords,
    run: () => chooseTheme(choice),
  }));

/** What a visitor can do with the window as a whole. */
export const shellActions = (): readonly Action[] => [...general(), ...tabs(), ...layouts(), ...themes()];
