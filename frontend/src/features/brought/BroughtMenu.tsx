import { useRef } from 'react';
import { useAdapters } from '../../api/queries';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { MenuPopup } from '../../ui/MenuPopup';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { offered } from '../adapters/fitting';
import { useModel } from '../jobs/useGenerate';
import { promptOfBox } from '../prompts/promptOfBox';
import { type Brought, putAway } from './brought';
import styles from './brought.module.css';
import { usesOf } from './uses';

const canvas = () => document.querySelector<HTMLElement>('[data-testid=canvas]');

/** The menu of uses of a picture that was pasted or dropped, at its place. */
export function BroughtMenu({ brought }: { brought: Brought }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const draft = useDraft((now) => now.draft);
  const selected = useSession((now) => now.selected);
  const model = useModel(selected === null ? null : promptOfBox(draft, selected)?.model);
  const [adapter] = offered(useAdapters().data ?? [], 'ip-adapter', model)[0] ?? [];
  const url = useObjectUrl(brought.file);
  const { name, at, size } = brought;
  return (
    <>
      <span ref={anchor} className={styles.place} style={{ left: at.x, top: at.y }} />
      <MenuPopup
        label={words.looks.useOf(name)}
        head={
          <div className={styles.head}>
            {url && <img src={url} alt="" />}
            <span>{words.looks.sizeOf(name, size.width, size.height)}</span>
          </div>
        }
        anchor={anchor}
        entries={usesOf(brought, draft, selected, adapter)}
        opens="down"
        after={canvas}
        onClose={putAway}
      />
    </>
  );
}
