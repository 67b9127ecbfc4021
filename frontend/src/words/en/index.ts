import { canvas } from './canvas';
import { graph } from './graph';
import { shell } from './shell';

/** Every text that a person reads in the studio, in English. A text with values is a function of them. */
export const english = { canvas, graph, shell };
