import { shownKeys } from '../../actions/chord';
import { useWho } from '../../api/queries';
import { Menu } from '../../ui/Menu';
import { useTheme } from '../../ui/theme';
import { useLanguage } from '../../words/language';
import { words } from '../../words/words';
import { adminActions, mayAdminister } from '../admin/actions';
import { layersActions } from '../export/layersActions';
import { useOutput, useShownJob } from '../jobs/useJob';
import { FILE_INPUT, fileActions } from './fileActions';
import { changeLanguage, LANGUAGE_CONTROL, LANGUAGE_NAMES } from './languageActions';
import { openFile } from './openFile';
import { signOutActions, useSignedIn } from './signOut';

/** What can be done with the document as a whole, and how the studio looks. */
export function FileMenu() {
  const { choice, choose } = useTheme();
  const { theme, language } = words;
  const spoken = useLanguage((now) => now.choice);
  const signedIn = useSignedIn();
  const manages = mayAdminister(useWho().data);
  const picture = useOutput(useShownJob());
  return (
    <>
      <Menu
        label={words.shell.file}
        opens="down"
        id={LANGUAGE_CONTROL}
        testId="file"
        entries={[
          ...fileActions().map(({ label, icon, keys, run }) => ({
            label,
            icon,
            keys: keys?.[0] && shownKeys(keys[0]),
            onSelect: run,
          })),
          layersActions().map(({ id, label, icon, run }) => ({
            label,
            icon,
            disabled: !picture,
            testId: id,
            onSelect: run,
          })),
          {
            title: theme.title,
            value: choice,
            options: [
              ['auto', theme.auto],
              ['light', theme.light],
              ['dark', theme.dark],
            ],
            onSelect: choose,
          },
          {
            title: language.title,
            value: spoken,
            options: [['auto', language.auto], ...LANGUAGE_NAMES],
            onSelect: changeLanguage,
          },
          ...(manages
            ? [adminActions().map(({ id, label, icon, run }) => ({ label, icon, testId: id, onSelect: run }))]
            : []),
          ...(signedIn === null
            ? []
            : [signOutActions().map(({ id, label, icon, run }) => ({ label, icon, testId: id, onSelect: run }))]),
        ]}
      >
        {words.shell.file}
      </Menu>
      <input
        id={FILE_INPUT}
        type="file"
        hidden
        accept="application/json,.json,image/png,.png"
        aria-label={words.file.jobDocument}
        data-testid="open-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) openFile(file);
        }}
      />
    </>
  );
}
