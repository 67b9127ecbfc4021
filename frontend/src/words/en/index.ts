import { canvas } from './canvas';
import { compare } from './compare';
import { dock } from './dock';
import { drafts } from './drafts';
import { file } from './file';
import { gallery } from './gallery';
import { graph } from './graph';
import { help } from './help';
import { jobs } from './jobs';
import { kinds } from './kinds';
import { layers } from './layers';
import { looks } from './looks';
import { masks } from './masks';
import { prompts } from './prompts';
import { shell } from './shell';
import { size } from './size';
import { theme } from './theme';

/** Every text that a person reads in the studio, in English. A text with values is a function of them. */
export const english = {
  canvas,
  compare,
  dock,
  drafts,
  file,
  gallery,
  graph,
  help,
  jobs,
  kinds,
  layers,
  looks,
  masks,
  prompts,
  shell,
  size,
  theme,
};
