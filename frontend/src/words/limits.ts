/** The limits of a number: at least `min` or more than `above`, at most `max` or less than `below`, and no fraction if
 * `whole`. */
export interface Limits {
  min?: number | undefined;
  above?: number | undefined;
  max?: number | undefined;
  below?: number | undefined;
  whole?: boolean | undefined;
}
