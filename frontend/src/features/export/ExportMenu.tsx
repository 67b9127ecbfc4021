import { useEffect } from 'react';
import type { JobResource } from '../../api/types';
import { useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { words } from '../../words/words';
import { useNodes } from '../diagnostics/useNodes';
import { type Run, useSeries } from '../diagnostics/useRun';
import styles from './export.module.css';
import { exportShown, setExportable, useExporting } from './exporting';
import { canRecord, type Format } from './formats';

const { dock } = words;
const FORMATS: readonly Format[] = canRecord() ? ['gif', 'mp4', 'webm'] : ['gif', 'mp4'];

/** Save the steps of what the canvas shows as a file; while that goes on, how far it is. */
export function ExportMenu({ job, run }: { job: JobResource; run: Run }) {
  const now = useExporting(({ now }) => now);
  const show = useSession((session) => session.show);
  const { nodes, main } = useNodes(job);
  const node = show.node === null ? main : nodes.find(({ name }) => name === show.node);
  const series = useSeries(job, run, node, show.what);
  useEffect(() => {
    setExportable(() => series);
    return () => setExportable(null);
  }, [series]);
  if (now) {
    const { format, done, of, cancel } = now;
    return (
      <div className={styles.exporting} role="status" data-testid="exporting">
        {dock.exporting(words.dock[format], done, of)}
        <IconButton label={dock.cancelExport} icon="close" data-testid="cancel-export" onClick={cancel} />
      </div>
    );
  }
  const none = !series || series.steps.length === 0;
  return (
    <Menu
      label={dock.exportLabel}
      testId="export"
      entries={FORMATS.map((format) => ({
        label: words.dock[format],
        icon: 'download' as const,
        disabled: none,
        testId: `export-${format}`,
        onSelect: () => exportShown(format),
      }))}
    >
      {dock.export}
    </Menu>
  );
}
