interface Options<Value> {
  /** The most that all values together may have. The newest value stays, even if it alone has more. */
  most: number;
  sizeOf: (value: Value) => number;
  /** Called with each value that is dropped or replaced. */
  onDrop?: (value: Value, name: string) => void;
}

/** Values by name, bounded in their size together. If they have more, those go first that were not used for longest. */
export class Lru<Value> {
  private readonly held = new Map<string, Value>();
  private readonly options: Options<Value>;
  private size = 0;

  constructor(options: Options<Value>) {
    this.options = options;
  }

  has(name: string): boolean {
    return this.held.has(name);
  }

  get(name: string): Value | undefined {
    const value = this.held.get(name);
    if (value === undefined) return undefined;
    this.held.delete(name);
    this.held.set(name, value);
    return value;
  }

  put(name: string, value: Value): void {
    this.drop(name);
    this.held.set(name, value);
    this.size += this.options.sizeOf(value);
    for (const oldest of this.held.keys()) {
      if (this.size <= this.options.most || oldest === name) break;
      this.drop(oldest);
    }
  }

  /** Drop the values whose names begin so. */
  dropAll(prefix: string): void {
    for (const name of [...this.held.keys()]) if (name.startsWith(prefix)) this.drop(name);
  }

  private drop(name: string): void {
    const value = this.held.get(name);
    if (value === undefined) return;
    this.held.delete(name);
    this.size -= this.options.sizeOf(value);
    this.options.onDrop?.(value, name);
  }
}
