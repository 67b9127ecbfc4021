import type { Action } from '../../actions/action';
import { adminActions } from '../admin/actions';
import { aroundActions } from '../around/actions';
import { canvasActions } from '../canvas/canvasActions';
import { compareActions } from '../compare/actions';
import { stepActions } from '../diagnostics/stepActions';
import { exportActions } from '../export/exportActions';
import { layersActions } from '../export/layersActions';
import { graphActions } from '../graph/actions';
import { jobActions } from '../jobs/jobActions';
import { promptActions } from '../prompts/promptActions';
import { sharingActions } from '../sharing/actions';
import { stagedActions } from '../start/stagedActions';
import { stripActions } from '../strip/actions';
import { workersActions } from '../workers/actions';
import { fileActions } from './fileActions';
import { languageActions } from './languageActions';
import { shellActions } from './shellActions';
import { signOutActions } from './signOut';
import { sizeActions } from './sizes';
import { toolActions } from './tools';

/** Everything that a visitor can do. Keys, the command palette, menus and the help sheet read this list. */
export const allActions = (): readonly Action[] => [
  ...jobActions(),
  ...stepActions(),
  ...stagedActions(),
  ...exportActions(),
  ...aroundActions(),
  ...fileActions(),
  ...layersActions(),
  ...promptActions(),
  ...toolActions(),
  ...canvasActions(),
  ...stripActions(),
  ...graphActions(),
  ...sharingActions(),
  ...compareActions(),
  ...sizeActions(),
  ...shellActions(),
  ...workersActions(),
  ...languageActions(),
  ...adminActions(),
  ...signOutActions(),
];
