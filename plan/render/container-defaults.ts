import type { MemoryLimit } from "./server-container.ts";

/** What a container got of its engine and its image, as the last update left it in the state. */
export interface DeployedContainer {
  /** The image's id. */
  readonly image: string;
  readonly user: string;
  readonly workingDir: string;
  /** Megabytes of memory and swap together; -1: the engine does not limit swap. undefined: not in the state. */
  readonly memorySwap: number | undefined;
}

/**
 * How many megabytes of memory and swap a server may use together: no more than its memory, so a server never swaps.
 * Without this word the engine allows twice the memory, and every preview shows that as a difference. An engine without
 * swap accounting answers -1 whatever it is given, so the answer is repeated there.
 * https://docs.docker.com/engine/containers/resource_constraints/#--memory-swap-details
 * @returns undefined: the memory is not limited
 */
export function memorySwapOf(
  memory: MemoryLimit | undefined,
  deployed: Pick<DeployedContainer, "memorySwap"> | undefined,
): number | undefined {
  if (memory === undefined) return undefined;
  return deployed?.memorySwap === -1 ? -1 : memory.megabytes;
}

/**
 * The user and the folder that a container took from its image. The engine tells of them as if they had been set, and
 * a container that leaves them unset would be replaced by every update. They hold for that image alone.
 * @param image the id of the image of today
 */
export function fromImage(
  image: string,
  deployed: DeployedContainer | undefined,
): { readonly user: string | undefined; readonly workingDir: string | undefined } {
  const same = deployed?.image === image ? deployed : undefined;
  return { user: same?.user || undefined, workingDir: same?.workingDir || undefined };
}
