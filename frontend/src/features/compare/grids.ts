import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { storageOf } from '../../storage';
import { type Cell, fieldsOf, type Grid, gridsOf } from './read';

const MOST = 12; // grids that the browser remembers
const NAME = 'inlay.grids';

/** The grids of this browser, newest first. The jobs themselves are in the gallery of the server. */
export const useGrids = create<{ grids: readonly Grid[] }>()(
  persist(() => ({ grids: [] as readonly Grid[] }), {
    name: NAME,
    version: 1,
    storage: createJSONStorage(() => storageOf('localStorage')),
    merge: (saved) => ({ grids: gridsOf(fieldsOf(saved).grids) }),
  }),
);

// Another tab may have sent a grid.
window.addEventListener('storage', ({ key }) => key === NAME && useGrids.persist.rehydrate());

export const keepGrid = (grid: Grid): void =>
  void useGrids.setState(({ grids }) => ({
    grids: [grid, ...grids.filter(({ id }) => id !== grid.id)].slice(0, MOST),
  }));

export const addCell = (grid: string, cell: Cell): void =>
  void useGrids.setState(({ grids }) => ({
    grids: grids.map((one) => (one.id === grid ? { ...one, cells: [...one.cells, cell] } : one)),
  }));

/** Forget that jobs belong together. The jobs stay in the gallery. */
export const forgetGrid = (grid: string): void =>
  void useGrids.setState(({ grids }) => ({ grids: grids.filter(({ id }) => id !== grid) }));

/** The label that a job has in a grid, such as the name of its method; null if it is in none. */
export const useLabelOf = (job: string | undefined): string | null =>
  useGrids(
    ({ grids }) =>
      grids.flatMap(({ cells }) => cells).find((cell) => job !== undefined && cell.job === job)?.label ?? null,
  );
