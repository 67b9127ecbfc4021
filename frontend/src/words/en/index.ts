import { canvas } from './canvas';
import { drafts } from './drafts';
import { graph } from './graph';
import { kinds } from './kinds';
import { layers } from './layers';
import { shell } from './shell';
import { size } from './size';

/** Every text that a person reads in the studio, in English. A text with values is a function of them. */
export const english = { canvas, drafts, graph, kinds, layers, shell, size };
