import { LIMITS } from '../../api/limits';
import { canvasOf, type Draft } from '../../document/draft';
import { addGuide, guidesOf, picturedBy } from '../../document/guides';
import { undoable } from '../../document/store';
import { select, showTab } from '../../session';
import type { MenuEntry, MenuItem } from '../../ui/menuEntries';
import { isTyping } from '../../ui/textFields';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { boxNamed } from '../canvas/commands';
import { sameLayout } from '../pictures/sameLayout';
import { withUpload } from '../pictures/withUpload';
import { changePromptOfBox, promptOfBox } from '../prompts/promptOfBox';
import { startFromFile } from '../start/actions';
import type { Brought } from './brought';

const say = words.looks;

function takeAsGuide(kind: 'sketch' | 'keep_close', file: File): Promise<void> {
  const isSame = sameLayout(() => true);
  return withUpload(
    async () => file,
    (kept) => {
      if (!isSame()) return;
      const undo = undoable((draft) => {
        const [added, { id }] = addGuide(draft, kind, { x: 0, y: 0, ...canvasOf(draft) });
        if (!isTyping()) select(id);
        return picturedBy(added, id, kept);
      });
      toast(kind === 'sketch' ? say.isSketch : say.isKept, { label: words.shell.undo, run: undo });
    },
  );
}

function takeAsReference(box: string, adapter: string, file: File): Promise<void> {
  const isSame = sameLayout((draft) => promptOfBox(draft, box) !== null);
  return withUpload(
    async () => file,
    ({ id }) => {
      if (!isSame()) return;
      const undo = undoable((draft) => {
        const known = promptOfBox(draft, box)?.reference ?? { adapter, weight: 1 };
        return changePromptOfBox(draft, box, { reference: { ...known, picture: id } });
      });
      if (!isTyping()) showTab('region');
      toast(say.isReference(boxNamed([box])), { label: words.shell.undo, run: undo });
    },
  );
}

/** The uses of a brought picture in this draft. `adapter`: an IP-Adapter for the model of the selected box. */
export function usesOf(
  { file, open }: Pick<Brought, 'file' | 'open'>,
  draft: Draft,
  selected: string | null,
  adapter: string | undefined,
): MenuEntry[] {
  const uses: MenuItem[] = [
    { label: say.startFrom, icon: 'picture', testId: 'use-start', onSelect: () => startFromFile(file) },
  ];
  if (draft.kind !== 'custom') {
    const disabled = guidesOf(draft).length >= LIMITS.Regions.guides.most;
    const guide = (kind: 'sketch' | 'keep_close') => ({ disabled, onSelect: () => takeAsGuide(kind, file) });
    uses.push(
      { label: say.sketch, icon: 'brush', testId: 'use-sketch', ...guide('sketch') },
      { label: say.keepClose, icon: 'picture', testId: 'use-keep', ...guide('keep_close') },
    );
  }
  if (selected !== null && adapter !== undefined && promptOfBox(draft, selected)) {
    uses.push({
      label: say.reference(boxNamed([selected])),
      icon: 'spark',
      testId: 'use-reference',
      onSelect: () => takeAsReference(selected, adapter, file),
    });
  }
  const opening: MenuEntry[] = open
    ? [[{ label: say.openDocument, icon: 'open', testId: 'use-document', onSelect: open }]]
    : [];
  const nothing = { label: say.cancel, icon: 'close' as const, testId: 'use-nothing', onSelect: () => undefined };
  return [...opening, uses, [nothing]];
}
