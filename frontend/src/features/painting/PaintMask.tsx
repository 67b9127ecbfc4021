import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { startMask, stopPainting } from './brush';
import { targetOf } from './target';

const say = words.masks;

/** Paint the mask on the canvas, or stop. */
export function PaintMask({ id, testId }: { id: string; testId: string }) {
  const draft = useDraft((now) => now.draft);
  const painting = useSession((now) => targetOf(draft, now) === id);
  return (
    <Button
      small
      icon="brush"
      aria-pressed={painting}
      data-testid={testId}
      onClick={() => (painting ? stopPainting() : startMask(id))}
    >
      {painting ? say.stopPainting : say.paint}
    </Button>
  );
}
