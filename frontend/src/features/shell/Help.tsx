import { Fragment } from 'react';
import { useSession } from '../../session';
import { Dialog } from '../../ui/Dialog';
import styles from './shell.module.css';

const ANYWHERE: [string, string][] = [
  ['Ctrl Enter', 'generate'],
  ['Ctrl Z', 'undo'],
  ['Ctrl Shift Z', 'redo'],
  ['?', 'this sheet'],
];

const ON_CANVAS: [string, string][] = [
  ['N', 'a new box in the middle'],
  ['B', 'draw, even where a box lies already'],
  [']  [', 'next and previous box'],
  ['Arrows', 'move by one cell of the model’s grid; with Shift by ten'],
  ['Alt Arrows', 'resize by one cell; with Shift by ten'],
  ['Page Up  Page Down', 'bring forward, send backward'],
  ['Enter', 'write its prompt'],
  ['R', 'make it anew in the finished picture, and keep the rest'],
  ['Ctrl D', 'duplicate'],
  ['Delete', 'delete'],
  ['Esc', 'choose nothing; in a prompt: back to the canvas'],
];

const WHILE_PAINTING: [string, string][] = [
  ['Arrows', 'move the brush by one cell; with Shift, paint'],
  ['Space', 'paint a dot'],
  ['[  ]', 'a smaller or larger brush'],
  ['E', 'eraser'],
  ['Esc', 'stop painting'],
];

function Keys({ keys }: { keys: [string, string][] }) {
  return (
    <dl className={styles.keys}>
      {keys.map(([key, says]) => (
        <Fragment key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{says}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

export function Help() {
  const open = useSession((now) => now.helpOpen);
  return (
    <Dialog title="Keys" open={open} onClose={() => useSession.setState({ helpOpen: false })}>
      <h3 className={styles.subtitle}>Anywhere</h3>
      <Keys keys={ANYWHERE} />
      <h3 className={styles.subtitle}>On the canvas, once it has the focus</h3>
      <Keys keys={ON_CANVAS} />
      <h3 className={styles.subtitle}>On the canvas, while you paint a colour sketch</h3>
      <Keys keys={WHILE_PAINTING} />
    </Dialog>
  );
}
