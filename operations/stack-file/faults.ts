/** A place in a stack's file. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedFault extends Place {
  /** What is wrong, and the fix. */
  readonly message: string;
}

/** A stack's file cannot be read or edited. The file was not changed. */
export class StackFileError extends Error {
  override name = "StackFileError";
  readonly faults: readonly PlacedFault[];

  /** @param file as in `Pulumi.dev.yaml` */
  constructor(file: string, faults: readonly PlacedFault[]) {
    super(faults.map((fault) => `${file}, ${placed(fault)}`).join("\n"));
    this.faults = faults;
  }
}

/** As in `line 3, column 5: …`. */
export function placed({ line, column, message }: PlacedFault): string {
  return `line ${line}, column ${column}: ${message}`;
}

/** The place of a character. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).replace(/^\uFEFF/, "");
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: before.length - lineStart + 1 };
}
