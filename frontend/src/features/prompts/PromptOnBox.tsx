import { type CSSProperties, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { LIMITS } from '../../api/limits';
import type { Box } from '../../api/types';
import { colourOf } from '../../geometry/colour';
import { focusCanvas } from '../../ui/focusCanvas';
import { words } from '../../words/words';
import { useModel } from '../jobs/useGenerate';
import { PromptEditor } from './PromptEditor';
import styles from './prompts.module.css';

interface PromptOnBoxProps {
  id: string;
  value: string;
  /** The model of this prompt, if it has one of its own. */
  model?: string | null | undefined;
  /** The box in pixels of the window. */
  box: Box;
  onChange: (text: string) => void;
  /** Called when the visitor leaves the text. */
  onLeave: () => void;
}

const [LEAST_WIDE, MOST_WIDE, MARGIN] = [208, 420, 8]; // pixels of the window

interface Seen {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of the window that can be seen: on a phone, without the keyboard. */
const seenNow = (): Seen => {
  const seen = window.visualViewport;
  return {
    left: seen?.offsetLeft ?? 0,
    top: seen?.offsetTop ?? 0,
    width: seen?.width ?? window.innerWidth,
    height: seen?.height ?? window.innerHeight,
  };
};

function useSeen(): Seen {
  const [seen, setSeen] = useState(seenNow);
  useEffect(() => {
    const update = () => setSeen(seenNow());
    window.visualViewport?.addEventListener('resize', update);
    window.visualViewport?.addEventListener('scroll', update);
    window.addEventListener('resize', update);
    return () => {
      window.visualViewport?.removeEventListener('resize', update);
      window.visualViewport?.removeEventListener('scroll', update);
      window.removeEventListener('resize', update);
    };
  }, []);
  return seen;
}

const between = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/** Place a text of some height over a box: as wide as the box if that is wide enough to write in, in its middle, and
 * inside what can be seen. */
function placeOver(box: Box, seen: Seen, height: number): CSSProperties {
  const room = seen.width - 2 * MARGIN;
  const width = Math.min(between(box.width - 2 * MARGIN, LEAST_WIDE, MOST_WIDE), room);
  const left = box.x + (box.width - width) / 2;
  const top = box.y + (box.height - height) / 2;
  return {
    width,
    left: between(left, seen.left + MARGIN, seen.left + seen.width - width - MARGIN),
    top: between(top, seen.top + MARGIN, Math.max(seen.top + MARGIN, seen.top + seen.height - height - MARGIN)),
  };
}

/** The prompt of a box, typed on the box itself. Escape, and the key that begins a run, go back to the canvas. Enter
 * begins a new line, as in a text on a drawing board. */
export function PromptOnBox({ id, value, model, box, onChange, onLeave }: PromptOnBoxProps) {
  const around = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const seen = useSeen();
  const [height, setHeight] = useState(0);
  const { longest } = LIMITS.Prompted.prompt;
  const tooLong = [...value].length > longest;
  useLayoutEffect(() => setHeight(around.current?.offsetHeight ?? 0));
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, []);
  const leave = () => {
    onLeave();
    focusCanvas();
  };
  return (
    <div
      ref={around}
      className={styles.onBox}
      style={{ ...placeOver(box, seen, height), '--colour': colourOf(id) } as CSSProperties}
    >
      <PromptEditor
        ref={field}
        id={`on-box-${id}`}
        label={words.prompts.onBox}
        value={value}
        onChange={onChange}
        model={useModel(model)}
        onEscape={leave}
        onRun={leave} // the field would cover the picture
        onBlur={() => document.hasFocus() && onLeave()}
        placeholder={words.prompts.onBoxHint}
        invalid={tooLong}
        testId="prompt-on-box"
      />
      {tooLong && <span className="visually-hidden">{words.prompts.tooLong([...value].length, longest)}</span>}
    </div>
  );
}
