import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { jobsAtHand } from '../../api/queries';
import { useSession } from '../../session';
import { storageOf } from '../../storage';
import { neighbourOf } from './neighbour';
import { fieldsOf, type Side, sideOf } from './read';

export type Which = 'left' | 'right';

interface Comparing {
  /** What the view shows: two pictures, or the pictures of a grid. */
  mode: 'pair' | 'grid';
  left: Side | null;
  right: Side | null;
  /** The two pictures stand side by side; otherwise a slider lies over them. */
  beside: boolean;
  /** The grid that is shown. */
  grid: string | null;
  /** The jobs of the grid that are chosen to be compared, at most two. */
  chosen: readonly string[];
  /** The methods take as many view-forwards as the one that takes most, in place of as many steps. */
  equal: boolean;
  /** The dialog of variations is open. */
  varying: boolean;
  /** Jobs are being sent, or their methods are being compiled. */
  sending: boolean;
  /** The grid whose jobs are being sent; null before it exists, and once it is cancelled. */
  sent: string | null;
}

type Sides = Pick<Comparing, 'left' | 'right'>;

/** What this tab compares. A reload shows it again. */
export const useComparing = create<Comparing>()(
  persist(
    (): Comparing => ({
      mode: 'pair',
      left: null,
      right: null,
      beside: false,
      equal: false,
      grid: null,
      chosen: [],
      varying: false,
      sending: false,
      sent: null,
    }),
    {
      name: 'inlay.comparing',
      version: 1,
      storage: createJSONStorage(() => storageOf('sessionStorage')),
      partialize: ({ mode, left, right, beside, equal, grid }) => ({ mode, left, right, beside, equal, grid }),
      merge: (saved, now) => {
        const { mode, left, right, beside, equal, grid } = fieldsOf(saved);
        return {
          ...now,
          mode: mode === 'grid' ? 'grid' : 'pair',
          left: sideOf(left),
          right: sideOf(right),
          beside: beside === true,
          equal: equal === true,
          grid: typeof grid === 'string' ? grid : null,
        };
      },
    },
  ),
);

/** Show the view that compares. On a phone, the settings make room for it. */
export const openCompare = (change: Partial<Comparing> = {}): void => {
  useComparing.setState(change);
  useSession.setState({ view: 'compare', drawer: null, sheetOpen: false });
};

export const closeVariations = (): void => void useComparing.setState({ varying: false });

/** Compare a picture with another one. It goes to the left. The right side keeps its picture, unless it is the same one:
 * then it takes the former left one. Without either, the neighbour of the picture is taken. */
export function compareWith(job: string, picture: string | null = null): void {
  const { left, right } = useComparing.getState();
  const other = [right, left].find((side) => side && !(side.job === job && side.picture === picture)) ?? null;
  openCompare({ mode: 'pair', ...atHand({ left: { job, picture }, right: other }) });
}

/** Fill the sides that have no picture: with the picture on the canvas, and with its neighbour. */
export function atHand({ left, right }: Sides): Sides {
  const made = jobsAtHand().flatMap(({ id, outputs }) => outputs.map(({ name }) => ({ job: id, picture: name })));
  const { job, picture } = useSession.getState();
  const first = left ?? (job === null ? null : { job, picture });
  return { left: first ?? made[0] ?? null, right: right ?? neighbourOf(first ?? made[0] ?? null, made) };
}

/** Compare the first pictures of two jobs. */
export const comparePair = (left: string, right: string): void =>
  openCompare({ mode: 'pair', left: { job: left, picture: null }, right: { job: right, picture: null } });

/** Choose a job of a grid to be compared, or no longer. The older of two makes room for a third. */
export const toggleChosen = (job: string): void =>
  void useComparing.setState(({ chosen }) => ({
    chosen: chosen.includes(job) ? chosen.filter((one) => one !== job) : [...chosen.slice(-1), job],
  }));
