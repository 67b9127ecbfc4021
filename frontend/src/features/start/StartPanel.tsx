import { faultAt } from '../../api/problem';
import type { Start } from '../../api/types';
import { keeps, startedFrom } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import { useGenerate } from '../jobs/useGenerate';
import panel from '../layout/layout.module.css';
import { PictureField } from '../pictures/PictureField';
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
  const { faults } = useGenerate();
  return (
    <section
      id={ID}
      className={panel.section}
      data-testid="start"
      aria-label="Image to image / Inpaint"
      tabIndex={-1}
      data-faulty={faultAt(faults, 'start') ? true : undefined}
    >
      <div className={panel.head}>
        <h2 className={panel.title}>Image to image / Inpaint</h2>
        <span className={panel.says}>{says(start)}</span>
      </div>
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
    </section>
  );
}
