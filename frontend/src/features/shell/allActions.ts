import type { Action } from '../../actions/action';
import { aroundActions } from '../around/actions';
import { canvasActions } from '../canvas/canvasActions';
import { compareActions } from '../compare/actions';
import { stepActions } from '../diagnostics/stepActions';
import { exportActions } from '../export/exportActions';
import { layersActions } from '../export/layersActions';
import { graphActions } from '../graph/actions';
import { jobActions } from '../jobs/jobActions';
import { promptActions } from '../prompts/promptActions';
import { stagedActions } from '../start/stagedActions';
import { fileActions } from './fileActions';
import { languageActions } from './languageActions';
import { shellActions } from './shellActions';
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
  ...graphActions(),
  ...compareActions(),
  ...shellActions(),
  ...languageActions(),
];
