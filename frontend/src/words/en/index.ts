import { adapters } from './adapters';
import { admin } from './admin';
import { anchors } from './anchors';
import { api } from './api';
import { around } from './around';
import { canvas } from './canvas';
import { compare } from './compare';
import { dock } from './dock';
import { drafts } from './drafts';
import { examples } from './examples';
import { file } from './file';
import { gallery } from './gallery';
import { graph } from './graph';
import { guides } from './guides';
import { help } from './help';
import { jobs } from './jobs';
import { kinds } from './kinds';
import { language } from './language';
import { layers } from './layers';
import { layersOut } from './layersOut';
import { layout } from './layout';
import { looks } from './looks';
import { masks } from './masks';
import { numbers } from './numbers';
import { pictures } from './pictures';
import { prompts } from './prompts';
import { queue } from './queue';
import { reading } from './reading';
import { sampling } from './sampling';
import { sharing } from './sharing';
import { shell } from './shell';
import { size } from './size';
import { start } from './start';
import { strip } from './strip';
import { terms } from './terms';
import { theme } from './theme';
import { workers } from './workers';

/** Every text that a person reads in the studio, in English. A text with values is a function of them. */
export const english = {
  adapters,
  admin,
  anchors,
  api,
  around,
  canvas,
  compare,
  dock,
  drafts,
  examples,
  file,
  gallery,
  graph,
  guides,
  help,
  jobs,
  kinds,
  language,
  layers,
  layersOut,
  layout,
  looks,
  masks,
  numbers,
  pictures,
  prompts,
  queue,
  reading,
  sampling,
  sharing,
  shell,
  size,
  start,
  strip,
  terms,
  theme,
  workers,
};
