import { create } from 'zustand';

const useAnnouncement = create(() => ({ text: '', turn: 0 }));

/** Tell a screen reader what changed on the canvas. It cannot read the canvas itself. */
export const announce = (text: string) => useAnnouncement.setState((now) => ({ text, turn: now.turn + 1 }));

export function Announcer() {
  const { text, turn } = useAnnouncement();
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      <span key={turn}>{text}</span>
    </div>
  );
}
