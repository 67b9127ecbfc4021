import { isActive, useJobs } from '../../api/queries';
import { Button, IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { cancelThese } from '../jobs/actions';
import { GridCell } from './GridCell';
import styles from './grid.module.css';
import { forgetGrid, useGrids } from './grids';
import type { Grid } from './read';
import { comparePair, useComparing } from './state';

const say = words.compare;

const nameOf = ({ title, axis, made }: Grid) => say.gridName(title, axis, words.numbers.when(made));

/** The grid that is shown: the chosen one, or the newest. */
function useGrid(): Grid | undefined {
  const grids = useGrids((now) => now.grids);
  const id = useComparing((now) => now.grid);
  return grids.find((grid) => grid.id === id) ?? grids[0];
}

/** Stop sending the jobs of a grid. */
function stopSending(grid: string): void {
  if (useComparing.getState().sent === grid) useComparing.setState({ sent: null });
}

/** Cancel the jobs of the grid that wait or run, and send no more of them. */
function CancelAll({ grid, sending }: { grid: Grid; sending: boolean }) {
  const jobs = useJobs().data;
  const ids = grid.cells.flatMap(({ job }) => job ?? []);
  const runs = jobs?.some((job) => isActive(job) && ids.includes(job.id));
  if (!runs && !sending) return null;
  const cancelAll = () => {
    stopSending(grid.id);
    if (ids.length > 0) cancelThese(ids);
  };
  return (
    <Button small data-testid="grid-cancel" onClick={cancelAll}>
      {say.cancelAll}
    </Button>
  );
}

function forget(grid: string): void {
  stopSending(grid);
  forgetGrid(grid);
}

function CompareTwo() {
  const chosen = useComparing((now) => now.chosen);
  const [left, right] = chosen;
  return (
    <Button
      small
      icon="compare"
      disabled={!left || !right}
      title={say.chooseTwo}
      data-testid="compare-two"
      onClick={() => left && right && comparePair(left, right)}
    >
      {say.compareTwo}
    </Button>
  );
}

/** Jobs that were sent together, with the axis along which they differ. */
export function GridView() {
  const grids = useGrids((now) => now.grids);
  const grid = useGrid();
  const sending = useComparing((now) => now.sending);
  const sent = useComparing((now) => now.sent);
  if (!grid) return <p className={styles.none}>{sending ? say.sending : say.noGrid}</p>;
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <select
          className={`${controls.input} ${controls.select} ${styles.grids}`}
          aria-label={say.grids}
          value={grid.id}
          data-testid="grids"
          onChange={({ target }) => useComparing.setState({ grid: target.value, chosen: [] })}
        >
          {grids.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </select>
        <IconButton label={say.forget} icon="trash" onClick={() => forget(grid.id)} />
        <CancelAll grid={grid} sending={sent === grid.id} />
        <CompareTwo />
      </div>
      <h2 className={styles.axis} data-testid="grid-axis">
        {grid.axis}
      </h2>
      <ul className={grid.kind === 'methods' ? styles.methods : styles.cells} data-testid="grid">
        {grid.cells.map((cell) => (
          <GridCell key={cell.job ?? cell.label} cell={cell} />
        ))}
        {sent === grid.id && <li className={styles.cell}>{say.sending}</li>}
      </ul>
    </div>
  );
}
