/** The part of pino-roll that log.ts uses; the package has no types of its own. */
declare module "pino-roll" {
  interface RollingFile {
    write(line: string): boolean;
    destroy(): void;
    on(event: "error", listener: (error: Error) => void): void;
    on(event: "drop" | "drain", listener: () => void): void;
  }

  export default function roll(options: {
    readonly file: string;
    readonly extension: string;
    /** Number with a unit, such as `100k`. */
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly mode: number;
    readonly sync: boolean;
    readonly maxLength: number;
  }): Promise<RollingFile>;
}
