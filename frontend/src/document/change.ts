/** New values of some fields, or a function that finds them from the values of now: what ends later than it began, such as
 * an upload, must not write back the values of then. */
export type Change<One> = Partial<One> | ((now: One) => Partial<One>);

export const changed = <One extends object>(now: One, change: Change<One>): One => ({
  ...now,
  ...(typeof change === 'function' ? change(now) : change),
});
