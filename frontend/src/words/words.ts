import { english } from './en';

/** The words of the studio in the visitor's language. */
export const words = english;
