import { useId } from 'react';
import { undoable } from '../../document/store';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { useFieldEditing, write } from './editing';
import styles from './editor.module.css';
import { nodesIn, removeNode, renameNode } from './edits';
import { ObjectFields } from './Form';
import facts from './facts.module.css';
import { text as textIn } from './loose';
import { NodePicture } from './NodePicture';
import { connect } from './operatorEdits';
import { pick } from './picked';
import { schemaOfPart } from './schema';
import type { Seen } from './seen';

const say = words.graph;

/** Remove a node from the draft's own graph. */
export function remove(text: string, { part, index, name }: Pick<Seen, 'part' | 'index' | 'name'>): void {
  const undo = undoable((draft) => ({ ...draft, custom: { text: removeNode(text, part, index) } }));
  pick(null);
  toast(say.form.removed(name), { label: say.undo, run: undo });
}

/** Let a view read this control: what a drag from one card to the other does, for the keyboard. */
function Connect({ node }: { node: Seen }) {
  const id = useId();
  const { text } = useFieldEditing();
  const views = nodesIn(text, 'observables');
  if (views.length === 0) return null;
  return (
    <div className={`${controls.field} ${styles.wide}`}>
      <label htmlFor={id} className={controls.label}>
        {say.form.connect}
      </label>
      <select
        id={id}
        className={`${controls.input} ${controls.select}`}
        value=""
        data-testid="graph-connect"
        onChange={({ target }) => write(connect(text, 'observables', Number(target.value), node.name), null)}
      >
        <option value="">{say.form.choose}</option>
        {views.map(({ name }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may be used twice while a graph is typed
          <option key={index} value={index}>
            {textIn(name)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The fields of one node of the draft's own graph. */
export function NodeEditor({ node }: { node: Seen }) {
  const { text } = useFieldEditing();
  const { part, index } = node;
  const value = nodesIn(text, part)[index];
  if (!value) return <p className={styles.aboutPart}>{say.form.broken}</p>;
  const rename = (name: string) => {
    write(renameNode(text, part, index, name), null);
    pick({ id: node.id, owner: name });
  };
  return (
    <div className={facts.factsPane} data-testid="node-editor">
      <div className={styles.editorHead}>
        <h3 className={facts.factsTitle}>
          {say.kinds[part]} {node.name}
        </h3>
        <Button
          small
          look="danger"
          icon="trash"
          data-testid="graph-remove"
          data-removes="node"
          onClick={(event) => keepFocus(event, () => remove(text, node))}
        >
          {say.form.delete}
        </Button>
      </div>
      {node.frame && (
        <div className={facts.large}>
          <NodePicture node={node} />
        </div>
      )}
      <p className={styles.aboutPart}>{say.aboutPart[part]}</p>
      {node.faults.length > 0 && (
        <ul className={styles.faultList} aria-live="polite">
          {node.faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
      <ObjectFields
        key={node.id}
        path={[part, index]}
        schema={schemaOfPart(part)}
        value={value}
        onRename={part === 'outputs' ? undefined : rename}
      />
      {part === 'controls' && <Connect node={node} />}
    </div>
  );
}
