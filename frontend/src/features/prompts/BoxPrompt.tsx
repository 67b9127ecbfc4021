import { type RefObject, useEffect, useReducer } from 'react';
import type { Drawn } from '../../document/boxes';
import { edit, useDraft } from '../../document/store';
import type { View } from '../../geometry/view';
import { useSession } from '../../session';
import { PromptOnBox } from './PromptOnBox';
import { changePromptOfBox, promptOfBox } from './promptOfBox';

interface BoxPromptProps {
  /** The element that the canvas is drawn in. */
  surface: RefObject<HTMLElement | null>;
  boxes: readonly Drawn[];
  view: View;
}

/** Render again when anything scrolls, because the editor is placed in the window. */
function useScrolled(): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    window.addEventListener('scroll', again, true);
    return () => window.removeEventListener('scroll', again, true);
  }, []);
}

function Open({ surface, id, boxes, view }: BoxPromptProps & { id: string }) {
  const draft = useDraft((now) => now.draft);
  useScrolled();
  const written = promptOfBox(draft, id);
  const box = boxes.find((one) => one.id === id)?.box;
  const around = surface.current?.getBoundingClientRect();
  if (!written || !box || !around) return null;
  const inWindow = {
    x: around.x + view.x + box.x * view.scale,
    y: around.y + view.y + box.y * view.scale,
    width: box.width * view.scale,
    height: box.height * view.scale,
  };
  return (
    <PromptOnBox
      key={id}
      id={id}
      value={written.prompt}
      model={written.model}
      box={inWindow}
      onChange={(prompt) => edit((now) => changePromptOfBox(now, id, { prompt }), `prompt ${id}`)}
      onLeave={() => useSession.setState({ onBox: null })}
    />
  );
}

/** The prompt that is typed on a box of the canvas, if there is one now. */
export function BoxPrompt(props: BoxPromptProps) {
  const id = useSession((now) => now.onBox);
  return id === null ? null : <Open {...props} id={id} />;
}
