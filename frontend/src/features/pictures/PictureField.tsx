import { type DragEvent, useId, useRef, useState } from 'react';
import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';
import type { Upload } from '../../api/types';
import type { Draft } from '../../document/draft';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { PictureInput } from './PictureInput';
import styles from './pictures.module.css';
import { useUpload } from './useUpload';

interface PictureFieldProps {
  label: string;
  hint?: string;
  /** The id of the chosen upload. */
  value: string | null;
  kind?: 'mask' | 'picture';
  error?: string | undefined;
  testId?: string;
  /** True for a layout that has what the picture is for. Left out: every layout has it. */
  has?: (draft: Draft) => boolean;
  onChange: (kept: Upload) => void;
  onRemove?: () => void;
}

/** A thumbnail of an upload. */
function Small({ id }: { id: string }) {
  const { data, isError } = usePicture(uploadUrl(id));
  const url = useObjectUrl(data);
  return (
    <span className={styles.small}>
      {url ? <img src={url} alt="" /> : isError && <span>{words.pictures.notHere}</span>}
    </span>
  );
}

/** A field for an uploaded picture, which the visitor chooses or drops here. */
export function PictureField(props: PictureFieldProps) {
  const { label, hint, value, kind = 'picture', error, testId, has, onChange, onRemove } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { sending, send } = useUpload(kind, onChange, has);
  const drop = (event: DragEvent) => {
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) send(file);
  };
  const choose = {
    disabled: sending,
    'aria-describedby': error || hint ? `${id}-note` : undefined,
    onClick: () => input.current?.click(),
  };
  return (
    <fieldset
      className={`${controls.field} ${styles.field}`}
      aria-labelledby={id}
      data-drops
      data-over={over || undefined}
      onDragEnter={() => setOver(true)}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={({ currentTarget, relatedTarget }) => setOver(currentTarget.contains(relatedTarget as Node | null))}
      onDrop={drop}
    >
      <span id={id} className={controls.label}>
        {label}
      </span>
      {value === null ? (
        <button type="button" className={styles.empty} data-remains="picture" {...choose}>
          {sending ? words.pictures.sending : words.pictures.choose}
          {!sending && <span className={styles.dropped}>{words.pictures.orDrop}</span>}
        </button>
      ) : (
        <div className={styles.chosen} data-testid={testId && `${testId}-chosen`}>
          <Small id={value} />
          <Button small {...choose}>
            {sending ? words.pictures.sending : words.pictures.another}
          </Button>
          {onRemove && (
            <Button
              small
              look="quiet"
              aria-label={words.pictures.removeOne(label)}
              data-removes="picture"
              onClick={(event) => keepFocus(event, onRemove)}
            >
              {words.pictures.remove}
            </Button>
          )}
        </div>
      )}
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? controls.error : controls.hint}>
          {error ?? hint}
        </span>
      )}
      <PictureInput ref={input} label={label} testId={testId} onFile={send} />
    </fieldset>
  );
}
