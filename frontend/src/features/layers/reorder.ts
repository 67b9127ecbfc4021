import type { Draft } from '../../document/draft';
import { edit } from '../../document/store';

/** The items in the order of these ids. */
const inOrder = <T extends { id: string }>(items: readonly T[], ids: readonly string[]): T[] =>
  [...items].sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));

/** Put the layers of the layout into this order, as the list shows them. The list shows the topmost patch first, and the
 * document has it last. */
export function reorder(ids: readonly string[]): void {
  edit((draft: Draft): Draft => {
    const { kind, regions, panorama, illusion } = draft;
    if (kind === 'regions') {
      return { ...draft, regions: { ...regions, patches: inOrder(regions.patches, ids.toReversed()) } };
    }
    if (kind === 'panorama') return { ...draft, panorama: { ...panorama, anchors: inOrder(panorama.anchors, ids) } };
    if (kind === 'illusion') return { ...draft, illusion: { ...illusion, views: inOrder(illusion.views, ids) } };
    return draft;
  });
}
