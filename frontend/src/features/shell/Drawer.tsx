import { lazy, useEffect, useLayoutEffect, useRef } from 'react';
import { useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import { Later } from '../../ui/Later';
import { TEXT_FIELD } from '../../ui/textFields';
import { words } from '../../words/words';
import styles from './drawer.module.css';

const CONTENT = {
  gallery: lazy(() => import('../gallery/Gallery')),
  queue: lazy(() => import('../queue/Queue')),
  admin: lazy(() => import('../admin/Admin')),
};

const close = () => useSession.setState({ drawer: null });

const OWN_ESCAPE = `${TEXT_FIELD}, dialog, [role=menu], [role=listbox]`;

/** True if Escape means something to an element outside of the drawer. */
const isOfAnother = (target: EventTarget | null, drawer: HTMLElement | null): boolean =>
  target instanceof Element && !drawer?.contains(target) && target.closest(OWN_ESCAPE) !== null;

/** The gallery, the queue or the administration, over the canvas. It takes the focus when it opens. Escape closes it, and the focus returns
 * to where it was. */
function Open({ drawer }: { drawer: keyof typeof CONTENT }) {
  const sheet = useRef<HTMLElement>(null);
  const Content = CONTENT[drawer];
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isOfAnother(event.target, sheet.current)) close();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useLayoutEffect(() => {
    const before = document.activeElement; // the content may take the focus from the drawer later
    sheet.current?.focus();
    return () => {
      const inside = sheet.current === null || sheet.current.contains(document.activeElement);
      if ((inside || document.activeElement === document.body) && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <section
      ref={sheet}
      className={styles.drawer}
      tabIndex={-1}
      data-drawer
      aria-label={words.shell[drawer]}
      data-testid="drawer"
    >
      <div className={styles.drawerHead}>
        <h2 className={styles.drawerTitle}>{words.shell[drawer]}</h2>
        <IconButton label={words.shell.close} icon="close" data-testid="close-drawer" onClick={close} />
      </div>
      <div className={styles.drawerBody}>
        <Later>
          <Content />
        </Later>
      </div>
    </section>
  );
}

export function Drawer() {
  const drawer = useSession((now) => now.drawer);
  return drawer && <Open key={drawer} drawer={drawer} />;
}
