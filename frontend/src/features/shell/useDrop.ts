import { useEffect, useState } from 'react';
import type { Point } from '../../geometry/box';
import { isForText } from '../../ui/textFields';
import { words } from '../../words/words';
import { openFile } from './openFile';

/** True if a drag is over a field that accepts pictures itself. */
const isOverField = ({ target }: DragEvent) => target instanceof Element && target.closest('[data-drops]') !== null;

/** True while a file is dragged over the page. Dropped, it is opened, unless a field accepts it. */
export function useDrop(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const events = new AbortController();
    const on = <Name extends 'dragover' | 'dragleave' | 'drop'>(name: Name, follow: (event: DragEvent) => void) =>
      window.addEventListener(name, follow, { signal: events.signal });
    on('dragover', (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(!isOverField(event));
    });
    on('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false));
    on('drop', (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file && !isOverField(event)) openFile(file, { x: event.clientX, y: event.clientY });
    });
    return () => events.abort();
  }, []);
  return over;
}

/** Take pictures and files from the clipboard, at the last place of the pointer. A text field keeps its paste, and so do
 * boxes on the canvas. */
export function usePaste(): void {
  useEffect(() => {
    let at: Point | undefined;
    const events = new AbortController();
    const { signal } = events;
    const follow = ({ clientX: x, clientY: y }: PointerEvent) => {
      at = { x, y };
    };
    window.addEventListener('pointermove', follow, { signal, passive: true });
    window.addEventListener(
      'paste',
      (event) => {
        const file = event.clipboardData?.files[0];
        if (!file || event.defaultPrevented || isForText(event)) return;
        event.preventDefault();
        const named = file.type.startsWith('image/') && file.name.startsWith('image.');
        openFile(
          file,
          at ?? { x: window.innerWidth / 2, y: window.innerHeight / 3 },
          named ? words.looks.pasted : file.name,
        );
      },
      { signal },
    );
    return () => events.abort();
  }, []);
}
