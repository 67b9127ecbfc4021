import { useState } from 'react';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import styles from './gallery.module.css';
import { Layouts } from './Layouts';
import { Pictures } from './Pictures';

const said = words.gallery;

/** The gallery: the pictures, and the layouts that are saved under names. */
export default function Gallery() {
  const [part, setPart] = useState<'pictures' | 'layouts'>('pictures');
  return (
    <div className={styles.gallery}>
      <div className={styles.parts}>
        <Segmented
          label={said.sections}
          value={part}
          options={[
            { value: 'pictures', label: said.pictures, testId: 'gallery-pictures' },
            { value: 'layouts', label: said.layouts, testId: 'gallery-layouts' },
          ]}
          onChange={setPart}
        />
      </div>
      {part === 'pictures' ? <Pictures /> : <Layouts />}
    </div>
  );
}
