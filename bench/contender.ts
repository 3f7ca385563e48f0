import type { Command } from "./process.ts";
import type { CommandStep } from "./samples.ts";

/** A tool that does the job. */
export interface Contender {
  readonly name: string;
  /** Its version, and what of the job it does in another way. */
  readonly note: string;
  /** Gets a fresh place ready, in names and ports of its own; not timed. */
  begin(): Promise<Attempt>;
}

/** One life of the job, from nothing to nothing. */
export interface Attempt {
  readonly commands: Readonly<Record<CommandStep, Command>>;
  /** Gets ready for the look with which `npm run up` ends, and gives that look. undefined: the tool has none. */
  readonly lookAfterUp?: () => Promise<() => Promise<void>>;
  /** Every name on the engine begins so. */
  readonly prefix: string;
  /** Client URLs of its servers. */
  readonly urls: readonly string[];
  /** Removes everything, whatever state it is in. */
  dispose(): Promise<void>;
}
