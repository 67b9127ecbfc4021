import { faultAt } from '../../api/problem';
import type { Start } from '../../api/types';
import { START } from '../../document/boxes';
import { keeps, startedFrom } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import { select } from '../../session';
import { isTyping } from '../../ui/textFields';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import panel from '../layout/layout.module.css';
import { PictureField } from '../pictures/PictureField';
import { StartFields } from './StartFields';

const ID = 'start';

function says(start: Start | null): string {
  if (!start) return words.start.fromNoise;
  const much = Math.round(100 * start.strength);
  return keeps(start) ? words.start.inpaint(much) : words.start.imageToImage(much);
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
      aria-label={words.terms.start}
      tabIndex={-1}
      data-faulty={faultAt(faults, 'start') ? true : undefined}
    >
      <div className={panel.head}>
        <h2 className={panel.title}>{words.terms.start}</h2>
        <span className={panel.says}>{says(start)}</span>
      </div>
      <PictureField
        label={words.layers.start}
        hint={start ? undefined : words.start.pictureHint}
        value={start?.picture ?? null}
        error={faultAt(faults, 'start', 'picture')}
        testId="start-picture"
        onChange={(kept) => {
          edit((draft) => startedFrom(draft, kept));
          if (!isTyping()) select(START); // the brush paints its mask
        }}
        onRemove={() => edit((draft) => ({ ...draft, start: null }))}
      />
      {start && <StartFields start={start} />}
    </section>
  );
}
