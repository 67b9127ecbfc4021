import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { useAdapters } from '../../api/queries';
import type { PoseControl } from '../../api/types';
import { poseOf, standing, stands } from '../../document/pose';
import { useDraft } from '../../document/store';
import { CheckField } from '../../ui/CheckField';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import { offered, withTaken } from '../adapters/fitting';
import { useGenerate, useModel } from '../jobs/useGenerate';

type Change = (control: PoseControl | null, name: string) => void;

/** The strength of the pose, and its ControlNet if there is a choice. */
function Followed({ pose, own, change }: { pose: PoseControl; own: boolean; change: Change }) {
  const body = useDraft((now) => now.draft.portrait.body);
  const choices = offered(useAdapters().data ?? [], 'controlnet', useModel(body.model));
  const { faults } = useGenerate();
  const { controlnet } = pose;
  const known = controlnet == null ? choices : withTaken(choices, controlnet);
  return (
    <>
      <NumberField
        label={words.adapters.controlStrength}
        hint={words.layout.poseStrengthHint}
        value={pose.strength}
        {...LIMITS.PoseControl.strength}
        step={0.1}
        onCommit={(strength) => change({ ...pose, strength }, 'strength')}
      />
      {known.length > 0 && (
        <SelectField
          label={words.adapters.controlNet}
          value={controlnet ?? ''}
          options={[...(own || controlnet == null ? [['', words.layout.ownControlNet] as const] : []), ...known]}
          error={faultAt(faults, 'layout', 'body', 'control', 'controlnet')}
          testId="pose-controlnet"
          onChange={(next) => change({ ...pose, controlnet: next === '' ? null : next }, 'pose controlnet')}
        />
      )}
    </>
  );
}

/** The figure's pose, if the model or a ControlNet for it takes poses. */
export function PoseFields({ change }: { change: Change }) {
  const { body, head } = useDraft((now) => now.draft.portrait);
  const model = useModel(body.model);
  const [beside] = offered(useAdapters().data ?? [], 'controlnet', model);
  const own = model?.controlnets.includes('pose') ?? false;
  const { faults } = useGenerate();
  const pose = poseOf(body);
  if (body.control && !pose) return null; // the body follows a picture
  if (!own && !beside && !pose) return null;
  const stand = () => ({ ...standing(head.box), controlnet: own ? null : (beside?.[0] ?? null) });
  return (
    <>
      <CheckField
        label={pose && !stands(pose, head.box) ? words.layout.poseChanged : words.layout.poseStanding}
        hint={words.layout.poseSays}
        value={pose != null}
        error={faultAt(faults, 'layout', 'body', 'control')}
        testId="pose"
        onChange={(on) => change(on ? stand() : null, 'pose')}
      />
      {pose && <Followed pose={pose} own={own} change={change} />}
    </>
  );
}
