import { useEffect, useRef } from 'react';
import { redo, undo } from '../../document/store';
import { useSession } from '../../session';
import { letterOf } from '../../ui/keys';

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** The keys that work wherever the focus is. */
export function useShortcuts(generate: () => void): void {
  const latest = useRef(generate);
  latest.current = generate;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const control = event.ctrlKey || event.metaKey;
      const letter = letterOf(event);
      if (control && event.key === 'Enter') latest.current();
      else if (control && (letter === 'y' || (letter === 'z' && event.shiftKey))) redo();
      else if (control && letter === 'z') undo();
      else if (event.key === '?' && !isWriting(event.target)) useSession.setState({ helpOpen: true });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
