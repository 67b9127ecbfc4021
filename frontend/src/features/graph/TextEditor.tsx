import { useEffect, useRef } from 'react';
import { graphOf } from '../../document/graph';
import { useDraft } from '../../document/store';
import { useGenerate } from '../jobs/useGenerate';
import { write } from './editing';
import styles from './editor.module.css';
import { pick } from './picked';
import type { Seen } from './seen';
import { diagnosticsOf, nodeAt, rangeOf } from './textPlaces';
import { type GraphText, openText } from './textView';

interface TextEditorProps {
  text: string;
  nodes: readonly Seen[];
  picked: Seen | undefined;
  /** Nobody can change the text: it is the graph of a layout. */
  fixed?: boolean;
}

/** The graph as JSON, in step with the network: each shows what is edited and chosen in the other. */
export default function TextEditor({ text, nodes, picked, fixed = false }: TextEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<GraphText | null>(null);
  const latest = useRef({ text, nodes });
  latest.current = { text, nodes };
  const { faults } = useGenerate();

  useEffect(() => {
    if (!host.current) return;
    const opened = openText(host.current, {
      text: latest.current.text,
      fixed,
      onText: (next) => write(next, 'graph'),
      onCursor: (offset) => {
        const place = nodeAt(latest.current.text, offset);
        const node = latest.current.nodes.find(({ part, index }) => part === place?.part && index === place.index);
        if (node) pick(node);
      },
    });
    view.current = opened;
    return () => {
      view.current = null;
      opened.close();
    };
  }, [fixed]);

  useEffect(() => {
    view.current?.setText(fixed ? text : useDraft.getState().draft.custom.text); // keys may have been pressed since
  }, [text, fixed]);
  useEffect(() => {
    view.current?.setDiagnostics(fixed ? [] : diagnosticsOf(text, graphOf(text).error, faults));
  }, [text, faults, fixed]);
  const place = picked && `${picked.part} ${picked.index}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cursor follows a choice, not every key
  useEffect(() => {
    view.current?.mark(picked ? rangeOf(text, [picked.part, picked.index]) : null);
  }, [place]);
  return <div ref={host} className={styles.text} data-testid="graph-text" />;
}
