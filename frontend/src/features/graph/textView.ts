import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { json, jsonLanguage } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { words } from '../../words/words';
import { completeGraph } from './completion';
import type { Range, TextFault } from './textPlaces';

/** A text editor that is open. */
export interface GraphText {
  setText: (text: string) => void;
  setDiagnostics: (faults: readonly TextFault[]) => void;
  /** Mark the text of the chosen node, and bring it into view unless somebody writes here. */
  mark: (range: Range | null) => void;
  close: () => void;
}

interface Opening {
  text: string;
  fixed: boolean;
  onText: (text: string) => void;
  /** The cursor was moved by hand. */
  onCursor: (offset: number) => void;
}

const fromOutside = Annotation.define<true>();
const marking = StateEffect.define<Range | null>();

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, changes, state }) {
    const effect = effects.findLast((one) => one.is(marking));
    if (!effect?.is(marking)) return marks.map(changes);
    if (effect.value === null) return Decoration.none;
    const [first, last] = [state.doc.lineAt(effect.value.from), state.doc.lineAt(effect.value.to)];
    const lines = Array.from({ length: last.number - first.number + 1 }, (_, at) => state.doc.line(first.number + at));
    return Decoration.set(lines.map(({ from }) => Decoration.line({ class: 'cm-chosen' }).range(from)));
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The smallest change that makes one text of another, so that the cursor stays where it is. */
function changeTo(old: string, text: string) {
  const most = Math.min(old.length, text.length);
  let from = 0;
  while (from < most && old[from] === text[from]) from++;
  let end = 0;
  while (end < most - from && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
  return { from, to: old.length - end, insert: text.slice(from, text.length - end) };
}

/** Undo and redo are the document's. So the editor has no history of its own. */
const extensions = ({ fixed, onText, onCursor }: Opening) => [
  lineNumbers(),
  foldGutter(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  json(),
  jsonLanguage.data.of({ autocomplete: completeGraph }),
  syntaxHighlighting(classHighlighter),
  lintGutter(),
  marked,
  EditorState.readOnly.of(fixed),
  EditorState.tabSize.of(2),
  EditorView.contentAttributes.of({ 'aria-label': words.graph.textLabel }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...foldKeymap, ...defaultKeymap]),
  EditorView.updateListener.of(({ docChanged, selectionSet, state, transactions }) => {
    if (transactions.some((one) => one.annotation(fromOutside))) return;
    if (docChanged) onText(state.doc.toString());
    if (selectionSet && transactions.some((one) => one.isUserEvent('select'))) onCursor(state.selection.main.head);
  }),
];

export function openText(parent: HTMLElement, opening: Opening): GraphText {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: opening.text, extensions: extensions(opening) }),
  });
  return {
    setText(text) {
      const old = view.state.doc.toString();
      if (old !== text) view.dispatch({ changes: changeTo(old, text), annotations: fromOutside.of(true) });
    },
    setDiagnostics(faults) {
      const { length } = view.state.doc;
      const fit = faults.filter(({ to }) => to <= length);
      view.dispatch(
        setDiagnostics(
          view.state,
          fit.map((fault) => ({ ...fault, severity: 'error' as const })),
        ),
      );
    },
    mark(range) {
      const fit = range && range.to <= view.state.doc.length ? range : null;
      const seen = fit && !view.hasFocus ? [EditorView.scrollIntoView(fit.from, { y: 'start', yMargin: 8 })] : [];
      view.dispatch({ effects: [marking.of(fit), ...seen], annotations: fromOutside.of(true) });
    },
    close: () => view.destroy(),
  };
}
