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
import { words } from '../../words/words';
import { LayerRow } from './LayerRow';
import type { Layer } from './layers';
import { reorder } from './reorder';

interface RowProps {
  layer: Layer;
  faulty: boolean;
}

function Row({ layer, faulty }: RowProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: layer.id ?? '',
    attributes: { roleDescription: words.layers.sortable },
  });
  return (
    <LayerRow
      layer={layer}
      faulty={faulty}
      place={setNodeRef}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      dragging={isDragging}
      grip={{ ref: setActivatorNodeRef, ...attributes, ...listeners }}
    />
  );
}

/** What a screen reader says while a layer is dragged. */
const announcementsFor = (layers: readonly Layer[]): Announcements => {
  const named = (id: string | number) => layers.find((one) => one.id === id)?.name || words.layers.noPrompt;
  const place = (id: string | number) => layers.findIndex((one) => one.id === id) + 1;
  return {
    onDragStart: ({ active }) => words.layers.lifted(named(active.id)),
    onDragOver: ({ active, over }) =>
      over ? words.layers.over(named(active.id), place(over.id), layers.length) : undefined,
    onDragEnd: ({ active, over }) => (over ? words.layers.dropped(named(active.id), place(over.id)) : undefined),
    onDragCancel: ({ active }) => words.layers.putBack(named(active.id)),
  };
};

interface SortableRowsProps {
  layers: readonly Layer[];
  isFaulty: (layer: Layer) => boolean;
}

/** Layers that are dragged into another order, by their grip or by its keys: Space lifts and drops, arrows move. */
export function SortableRows({ layers, isFaulty }: SortableRowsProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = layers.flatMap(({ id }) => id ?? []);
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (!over || over.id === active.id) return;
    reorder(arrayMove(ids, ids.indexOf(String(active.id)), ids.indexOf(String(over.id))));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{
        container: document.body,
        announcements: announcementsFor(layers),
        screenReaderInstructions: { draggable: words.layers.howToSort },
      }}
      onDragEnd={onDragEnd}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        {layers.map((layer) => (
          <Row key={layer.id} layer={layer} faulty={isFaulty(layer)} />
        ))}
      </SortableContext>
    </DndContext>
  );
}
