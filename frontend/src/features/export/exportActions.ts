import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { canExport, exportShown } from './exporting';
import type { Format } from './formats';

const FORMATS: readonly Format[] = ['gif', 'mp4', 'webm'];

export const exportActions = (): readonly Action[] =>
  FORMATS.map((format) => ({
    id: `run.export.${format}`,
    label: words.dock.exportAs(words.dock[format]),
    keywords: words.dock.exportKeywords,
    icon: 'download',
    enabled: canExport,
    run: () => exportShown(format),
  }));
