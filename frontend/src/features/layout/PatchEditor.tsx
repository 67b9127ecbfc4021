import { faultAt } from '../../api/problem';
import { changePatch } from '../../document/boxes';
import type { Change } from '../../document/change';
import type { DraftPatch } from '../../document/draft';
import { isPainted } from '../../document/shape';
import { edit } from '../../document/store';
import { IconButton } from '../../ui/Button';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { deleteBox, duplicateBox, restack } from '../canvas/commands';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import { BoxFields } from './BoxFields';
import styles from './layout.module.css';
import { MaskFields } from './MaskFields';
import { OwnFields } from './OwnFields';
import { WeightFields } from './WeightFields';

interface PatchEditorProps {
  patch: DraftPatch;
  /** Its place in the job; -1 if it is hidden. */
  place: number;
  index: number;
  count: number;
}

function Actions({ id, index, count }: { id: string; index: number; count: number }) {
  const cell = useCell();
  const [first, last] = [index === 0, index === count - 1];
  return (
    <div className={styles.actions}>
      <IconButton
        label={words.canvas.bringForward}
        icon="forward"
        small
        disabled={last}
        onClick={() => restack(id, 1)}
      />
      <IconButton
        label={words.canvas.sendBackward}
        icon="backward"
        small
        disabled={first}
        onClick={() => restack(id, -1)}
      />
      <IconButton label={words.canvas.duplicate} icon="copy" small onClick={() => duplicateBox(id, cell)} />
      <IconButton
        label={words.canvas.deleteBox}
        icon="trash"
        look="danger"
        small
        data-removes="box"
        onClick={(event) => keepFocus(event, () => deleteBox(id))}
      />
    </div>
  );
}

/** All the fields of one box. */
export function PatchEditor({ patch, place, index, count }: PatchEditorProps) {
  const { faults } = useGenerate();
  const { id, box } = patch;
  const change = (part: Change<DraftPatch>, name: string) =>
    edit((draft) => changePatch(draft, id, part), `${name} ${id}`);
  const fault = (...at: string[]) => faultAt(faults, 'layout', 'patches', place, ...at);
  return (
    <div className={styles.editor}>
      <PromptField
        id={`prompt-${id}`}
        label={words.layout.promptOfBox}
        hideLabel
        value={patch.prompt}
        model={patch.model}
        placeholder={words.layout.sceneExamples.object}
        error={fault('prompt')}
        testId="patch-prompt"
        onChange={(prompt) => change({ prompt }, 'prompt')}
      />
      {box && !isPainted(patch) && (
        <BoxFields id={id} box={box} error={fault('box')} onChange={(next, name) => change({ box: next }, name)} />
      )}
      <MaskFields patch={patch} error={fault('mask')} change={change} />
      <WeightFields value={patch} fault={fault} change={change} />
      <OwnFields
        summary={words.layout.moreBox}
        value={patch}
        at={['layout', 'patches', place]}
        offers={['seed', 'model', 'active']}
        change={change}
      />
      <Actions id={id} index={index} count={count} />
    </div>
  );
}
