import { flushSync } from 'react-dom';

interface Press {
  currentTarget: HTMLElement;
  /** The number of clicks; 0 for a key. */
  detail: number;
}

const sameIn = (group: HTMLElement, kind: string) => [
  ...group.querySelectorAll<HTMLElement>(`[data-removes="${kind}"]`),
];

/** The elements around a control, from the inside out, each with the control's place among those of its kind there. */
function groupsAround(control: HTMLElement, kind: string): { group: HTMLElement; place: number }[] {
  const groups = [];
  for (let group = control.parentElement; group; group = group.parentElement) {
    groups.push({ group, place: sameIn(group, kind).indexOf(control) });
  }
  return groups;
}

/** What may get the focus in a group that has lost its control of this kind and place, the best first. */
function heirsIn(group: HTMLElement, kind: string, place: number): HTMLElement[] {
  if (!group.isConnected) return [];
  const same = sameIn(group, kind);
  const remaining = group.querySelectorAll<HTMLElement>(`[data-remains="${kind}"]`);
  return [same[place], same[place - 1], ...remaining, group].filter((one) => one !== undefined);
}

/** Do what may take away the pressed control, whose `data-removes` names its kind. If the focus is lost with it, the same
 * control of the next row gets it, or that of the row before, or what has `data-remains` of that kind, or the nearest
 * element around that takes the focus. Nothing scrolls after a press of a pointer. */
export function keepFocus({ currentTarget: control, detail }: Press, act: () => void): void {
  const kind = control.dataset.removes ?? '';
  const groups = groupsAround(control, kind);
  const had = control === document.activeElement;
  flushSync(act);
  if (!had || document.activeElement !== document.body) return;
  for (const { group, place } of groups) {
    for (const heir of heirsIn(group, kind, place)) {
      heir.focus({ preventScroll: detail > 0 }); // nothing happens if it is disabled or in a closed fold
      if (document.activeElement === heir) return;
    }
  }
}
