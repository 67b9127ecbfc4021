import { fetchBlob } from '../../api/client';
import type { Upload } from '../../api/types';
import type { Draft } from '../../document/draft';
import type { KeptPicture } from '../../document/guide';
import { guideOf, picturedBy } from '../../document/guides';
import { edit } from '../../document/store';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { useOutput, useShownJob } from '../jobs/useJob';
import { FitField } from '../pictures/FitField';
import { PictureField } from '../pictures/PictureField';
import { useUpload } from '../pictures/useUpload';
import { AreaFields } from './AreaFields';
import styles from './guides.module.css';
import { StrengthFields } from './StrengthFields';
import type { GuideFields } from './useGuide';

/** A picture to stay close to: a file, or the finished picture on the canvas. */
export function KeepFields({ guide, fault, change }: GuideFields<KeptPicture>) {
  const { id, picture, fit } = guide;
  const output = useOutput(useShownJob());
  const has = (draft: Draft) => guideOf(draft, id)?.kind === 'keep_close';
  const take = (kept: Upload) => edit((draft) => picturedBy(draft, id, kept));
  const { sending, send } = useUpload('picture', take, has);
  return (
    <>
      <PictureField
        label={words.guides.picture}
        hint={picture === null ? words.guides.pictureHint : undefined}
        value={picture}
        error={fault('picture')}
        testId="keep-picture"
        has={has}
        onChange={take}
      />
      {output && (
        <div className={styles.buttons}>
          <Button
            small
            icon="picture"
            disabled={sending}
            data-testid="keep-shown"
            onClick={() => send(fetchBlob(output.url))}
          >
            {words.guides.takeShown}
          </Button>
        </div>
      )}
      {picture !== null && (
        <FitField
          value={fit}
          error={fault('fit')}
          testId="keep-fit"
          onChange={(next) => change({ fit: next }, 'fit')}
        />
      )}
      <AreaFields guide={guide} fault={fault} change={change} />
      <StrengthFields guide={guide} fault={fault} change={change} />
    </>
  );
}
