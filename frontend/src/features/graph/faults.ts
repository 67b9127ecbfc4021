import type { Fault } from '../../api/problem';
import type { NetNode } from './network';

/** The place of a fault within the graph of a job document; null if the fault lies elsewhere. */
export function placeInGraph({ location }: Fault): readonly (string | number)[] | null {
  const at = location.indexOf('graph');
  return location[0] === 'layout' && at > 0 ? location.slice(at + 1) : null;
}

/** What the server says about one node. */
export const faultsOf = (faults: readonly Fault[], { part, index }: Pick<NetNode, 'part' | 'index'>): string[] =>
  faults
    .filter((fault) => {
      const place = placeInGraph(fault);
      return place?.[0] === part && place[1] === index;
    })
    .map(({ message }) => message);
