import { LIMITS } from '../../api/limits';
import type { Control, PictureControl, Prompted } from '../../api/types';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import { ActiveRange } from '../layout/ActiveRange';
import styles from '../layout/layout.module.css';
import { PictureField } from '../pictures/PictureField';
import { type AdapterProps, withTaken } from './fitting';

type Way = Omit<PictureControl, 'picture'>;

const fresh = (controlnet: string): Way => ({ kind: 'edges', controlnet, strength: 1, active: [0, 1] });

/** The settings of a control picture: its preprocessor, its ControlNet and its strength. */
function Shown({ value, choices, fault, change }: AdapterProps<PictureControl>) {
  const set = (part: Partial<PictureControl>, name: string) => change({ control: { ...value, ...part } }, name);
  return (
    <>
      <div className={styles.two}>
        <SelectField
          label={words.adapters.preprocessor}
          value={value.kind}
          options={[
            ['edges', words.adapters.edges],
            ['picture', words.adapters.noPreprocessor],
          ]}
          error={fault('control', 'kind')}
          testId="control-kind"
          onChange={(kind) => set({ kind }, 'control kind')}
        />
        <SelectField
          label={words.adapters.controlNet}
          value={value.controlnet}
          options={withTaken(choices, value.controlnet)}
          error={fault('control', 'controlnet')}
          testId="controlnet"
          onChange={(controlnet) => set({ controlnet }, 'controlnet')}
        />
      </div>
      <NumberField
        label={words.adapters.controlStrength}
        hint={words.adapters.controlStrengthHint}
        value={value.strength}
        {...LIMITS.PictureControl.strength}
        step={0.1}
        error={fault('control', 'strength')}
        testId="control-strength"
        onCommit={(strength) => set({ strength }, 'strength')}
      />
      <ActiveRange
        value={value.active}
        error={fault('control', 'active')}
        onChange={(active) => set({ active }, 'control active')}
      />
    </>
  );
}

/** The control picture of a prompt, for a ControlNet. A figure's pose uses the same field of the document. */
export function ControlFields(props: AdapterProps<Control | null>) {
  const { value, choices, fault, change } = props;
  const shown = value?.kind === 'pose' ? null : value;
  const [first] = choices;
  if (!shown && !first) return null;
  /** The control with an upload; nothing if it was removed, or a pose was chosen, while the picture was sent. */
  const taken = (now: Prompted['control'], picture: string): Partial<Prompted> => {
    const known = now ?? (!shown && first ? fresh(first[0]) : null);
    return known && known.kind !== 'pose' ? { control: { ...known, picture } } : {};
  };
  if (value?.kind === 'pose') {
    const wrong = fault('control');
    const says = words.adapters.poseInstead;
    return <p className={wrong ? controls.error : controls.hint}>{wrong ?? says}</p>;
  }
  return (
    <fieldset className={styles.group}>
      <PictureField
        label={words.adapters.controlPicture}
        hint={shown ? undefined : words.adapters.controlPictureHint}
        value={shown?.picture ?? null}
        error={fault('control', 'picture')}
        testId="control-picture"
        onChange={({ id }) => change(({ control }) => taken(control, id), 'control picture')}
        onRemove={() => change({ control: null }, 'control picture')}
      />
      {shown && <Shown {...props} value={shown} />}
    </fieldset>
  );
}
