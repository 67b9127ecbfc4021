import type { Kind } from '../../api/types';
import { edit } from '../../document/store';
import { showJob, useSession } from '../../session';

export const KINDS = ['panorama', 'regions', 'scene', 'portrait', 'illusion', 'texture', 'custom'] as const;

/** Edit another kind of layout. What was drawn in the last one is kept. */
export function chooseKind(kind: Kind): void {
  edit((draft) => ({ ...draft, kind }));
  useSession.setState({ selected: null, alsoSelected: [], guideTool: null, tab: 'region' });
  showJob(null);
}
