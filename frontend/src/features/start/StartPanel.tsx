import { faultAt } from '../../api/problem';
import type { Start } from '../../api/types';
import { keeps, startedFrom } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Icon } from '../../ui/icons';
import { useGenerate } from '../jobs/useGenerate';
import { PictureField } from '../pictures/PictureField';
import sampling from '../sampling/sampling.module.css';
import { StartFields } from './StartFields';

const ID = 'start';

function says(start: Start | null): string {
  if (!start) return 'from noise';
  const much = `${Math.round(100 * start.strength)} %`;
  return keeps(start) ? `inpaint, ${much}` : `image to image, ${much}`;
}

/** The picture that the job starts from, for every layout. */
export function StartPanel() {
  const start = useDraft((now) => now.draft.start);
  const open = useSession((now) => now.startOpen);
  const { faults } = useGenerate();
  return (
    <details
      id={ID}
      className={sampling.section}
      data-testid="start"
      open={open}
      data-faulty={faultAt(faults, 'start') ? true : undefined}
      onToggle={({ currentTarget }) => useSession.setState({ startOpen: currentTarget.open })}
    >
      <summary>
        <Icon name="chevron" size={12} />
        <span className={sampling.title}>Image to image / Inpaint</span>
        <span className={sampling.says}>{says(start)}</span>
      </summary>
      <div className={sampling.folds}>
        <PictureField
          label="Start picture"
          hint={start ? undefined : 'The picture to begin with. It is changed to fit the prompts, all of it or a part.'}
          value={start?.picture ?? null}
          error={faultAt(faults, 'start', 'picture')}
          testId="start-picture"
          onChange={(kept) => edit((draft) => startedFrom(draft, kept))}
          onRemove={() => edit((draft) => ({ ...draft, start: null }))}
        />
        {start && <StartFields start={start} />}
      </div>
    </details>
  );
}
