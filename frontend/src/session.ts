import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { PreviewSide, Transform } from './api/types';
import { readStored, storageOf } from './storage';

/** The part of a running job that the canvas shows: its main picture, one node of the graph (null: the main one), or
 * another kind of preview. */
interface Show {
  node: string | null;
  what: PreviewSide;
}

const PICTURE: Show = { node: null, what: 'x0' };

/** The tool of the rail: what a press on the canvas does. */
export type Tool = 'select' | 'rectangle' | 'lasso' | 'brush' | 'eraser' | 'hand';

/** The tabs of the panel beside the canvas. On a phone, the layers are one of them. */
export type Tab = 'layers' | 'region' | 'picture' | 'sampling';

/** The way a finished picture is shown: as it is, as one view of an illusion sees it, or beside copies of itself. */
export type Look = Transform | 'tiled';

const VIEWS = ['canvas', 'graph', 'compare'] as const;

interface Session {
  /** What the main area shows. */
  view: (typeof VIEWS)[number];
  /** The drawer over the main area. */
  drawer: null | 'gallery' | 'queue' | 'admin';
  tool: Tool;
  tab: Tab;
  /** On a phone, the panel is open as a sheet below the canvas. */
  sheetOpen: boolean;
  /** The patch or prompt being edited: the primary one, if several are selected. */
  selected: string | null;
  /** The patches that are selected besides the primary one. */
  alsoSelected: readonly string[];
  /** The patch or prompt whose text field gets the focus as soon as it is mounted. */
  writing: string | null;
  /** The box whose prompt is typed on the box itself. */
  onBox: string | null;
  /** What a press on the canvas does for the chosen guide: paint a sketch, or draw the guide's box. */
  guideTool: { does: 'paint' | 'place'; guide: string } | null;
  /** The job whose picture is on the canvas. */
  job: string | null;
  /** The chosen picture of a job with several; null means the first. */
  picture: string | null;
  show: Show;
  /** The step of the run that the canvas shows. Null: the newest step while it runs, and the picture once it has ended. */
  step: number | null;
  /** The nodes whose previews are asked for besides the shown one. */
  alsoShown: readonly string[];
  look: Look;
  hovered: string | null;
  helpOpen: boolean;
  paletteOpen: boolean;
}

const KEPT_AS = 'inlay.session';

/** True in a tab that is opened for the first time: nothing is kept of it. */
export const isNewTab = readStored('sessionStorage', KEPT_AS) === null;

/** The state of this tab that is part of neither the document nor the stream. Only the current job and the view survive a
 * reload. */
export const useSession = create<Session>()(
  persist(
    (): Session => ({
      view: 'canvas',
      drawer: null,
      tool: 'rectangle',
      tab: 'region',
      sheetOpen: true,
      selected: null,
      alsoSelected: [],
      writing: null,
      onBox: null,
      guideTool: null,
      job: null,
      picture: null,
      show: PICTURE,
      step: null,
      alsoShown: [],
      look: 'identity',
      hovered: null,
      helpOpen: false,
      paletteOpen: false,
    }),
    {
      name: KEPT_AS,
      storage: createJSONStorage(() => storageOf('sessionStorage')),
      partialize: ({ job, view }) => ({ job, view }),
      merge: (saved, now) => {
        const { job, view } = (saved ?? {}) as { job?: unknown; view?: unknown };
        return {
          ...now,
          job: typeof job === 'string' ? job : now.job,
          view: VIEWS.find((one) => one === view) ?? now.view,
        };
      },
    },
  ),
);

/** True for the id of a guide and of the start picture. No patch and no prompt has a tilde in its id. */
const isOfPicture = (id: string): boolean => id.startsWith('~');

/** The tab that has the fields of what is chosen. */
const tabOf = (selected: string | null): Tab => (selected !== null && isOfPicture(selected) ? 'picture' : 'region');

// What is chosen is shown: the panel turns to the tab that has its fields.
useSession.subscribe(({ selected }, before) => {
  if (selected === null || selected === before.selected) return;
  useSession.setState({ tab: tabOf(selected) });
});

/** Turn to a tab of the panel beside the canvas. */
export const showTab = (tab: Tab) => useSession.setState({ tab, sheetOpen: true });
export const select = (selected: string | null) =>
  useSession.setState({ selected, alsoSelected: [], writing: null, onBox: null, guideTool: null });
/** Choose a layer, and turn to its fields, also if it was chosen already. Null: the background. */
export function selectLayer(id: string | null): void {
  select(id);
  useSession.setState({ tab: tabOf(id) });
}
/** Add a patch to the selection, or take it out. The one that was selected first stays the primary one. */
export function toggleSelected(id: string): void {
  const { selected, alsoSelected } = useSession.getState();
  const all = selected === null ? [] : [selected, ...alsoSelected];
  const [first = null, ...others] = all.includes(id) ? all.filter((one) => one !== id) : [...all, id];
  useSession.setState({ selected: first, alsoSelected: others, writing: null, onBox: null, guideTool: null });
}
/** Choose a patch or prompt, and focus its text. */
export const writePrompt = (selected: string) =>
  useSession.setState({ selected, alsoSelected: [], writing: selected, guideTool: null, tab: tabOf(selected) });
/** Choose a box, and type its prompt on the box itself. */
export const writeOnBox = (selected: string) =>
  useSession.setState({ selected, alsoSelected: [], writing: null, onBox: selected, guideTool: null });
export const showJob = (job: string | null, picture: string | null = null) =>
  useSession.setState({ job, picture, show: PICTURE, step: null, look: 'identity' });
