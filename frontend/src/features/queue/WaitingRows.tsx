import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import type { JobResource } from '../../api/types';
import { words } from '../../words/words';
import { arrange } from '../jobs/actions';
import { titleOf } from '../jobs/words';
import { Row } from './Row';
import { showOrder } from './useMyQueue';

const said = words.queue;

interface SortableRowProps {
  job: JobResource;
  owner: string | null;
  behind: boolean;
}

function SortableRow({ job, owner, behind }: SortableRowProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: job.id,
    attributes: { roleDescription: said.sortable },
  });
  return (
    <Row
      job={job}
      owner={owner}
      place={setNodeRef}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      dragging={isDragging}
      behind={behind}
      grip={{ ref: setActivatorNodeRef, ...attributes, ...listeners }}
    />
  );
}

/** What a screen reader says while a job is dragged. */
const announcementsFor = (jobs: readonly JobResource[]): Announcements => {
  const place = (id: string | number) => jobs.findIndex((one) => one.id === id);
  const named = (id: string | number) => {
    const job = jobs[place(id)];
    return job ? titleOf(job.spec) : '';
  };
  return {
    onDragStart: ({ active }) => said.lifted(named(active.id)),
    onDragOver: ({ active, over }) => (over ? said.over(named(active.id), place(over.id) + 1, jobs.length) : undefined),
    onDragEnd: ({ active, over }) => (over ? said.dropped(named(active.id), place(over.id) + 1) : undefined),
    onDragCancel: ({ active }) => said.putBack(named(active.id)),
  };
};

/** Move a waiting job to the place of another one. The list shows it at once, and the server's order when it answers. */
function moveTo(jobs: readonly JobResource[], id: string, other: string, everyone: boolean): void {
  const place = (wanted: string) => jobs.findIndex((one) => one.id === wanted);
  const [from, to] = [place(id), place(other)];
  if (from < 0 || to < 0 || from === to) return;
  const order = arrayMove([...jobs], from, to);
  showOrder(order, everyone);
  const next = order[to + 1];
  arrange(id, next ? { before: next.id } : { place: to });
}

interface WaitingRowsProps {
  jobs: readonly JobResource[];
  /** True if an admin sees the jobs of everybody. A job may then be put before one of another owner. */
  everyone: boolean;
}

/** The waiting jobs, which are dragged into another order by their grips or by keys: Space lifts and drops, arrows
 * move. */
export function WaitingRows({ jobs, everyone }: WaitingRowsProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over) moveTo(jobs, String(active.id), String(over.id), everyone);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{
        container: document.body,
        announcements: announcementsFor(jobs),
        screenReaderInstructions: { draggable: said.howToSort },
      }}
      onDragEnd={onDragEnd}
    >
      <SortableContext items={jobs.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
        {jobs.map((job, index) => (
          <SortableRow key={job.id} job={job} owner={everyone ? job.owner : null} behind={!everyone && index > 0} />
        ))}
      </SortableContext>
    </DndContext>
  );
}
