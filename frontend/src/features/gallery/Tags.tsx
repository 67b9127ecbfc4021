import { useId, useState } from 'react';
import type { JobResource } from '../../api/types';
import { IconButton } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { addTag, removeTag } from './changes';
import styles from './gallery.module.css';
import { useTags } from './useGallery';

const said = words.gallery;
const LONGEST = 40; // characters

/** The tags of the selected jobs. A new tag is added to all of them, and a removed one is taken from all of them. */
export function Tags({ jobs }: { jobs: readonly JobResource[] }) {
  const [text, setText] = useState('');
  const known = useTags().data?.items ?? [];
  const list = useId();
  const tags = [...new Set(jobs.flatMap((job) => job.tags ?? []))];
  return (
    <div className={styles.tags} data-testid="tags">
      {tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
          <IconButton
            small
            className={styles.untag ?? ''}
            label={said.removeTag(tag)}
            icon="close"
            onClick={() => removeTag(jobs, tag)}
          />
        </span>
      ))}
      <form
        className={styles.newTag}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === '') return;
          addTag(jobs, text.trim());
          setText('');
        }}
      >
        <input
          className={controls.input}
          aria-label={said.addTag}
          placeholder={said.addTag}
          title={said.addTagHint}
          maxLength={LONGEST}
          list={list}
          value={text}
          data-testid="new-tag"
          onChange={({ target }) => setText(target.value)}
        />
        <datalist id={list}>
          {known.map(({ tag }) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
      </form>
    </div>
  );
}
