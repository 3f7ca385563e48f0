/** Waits, or returns sooner when `deadline` (milliseconds since the epoch) comes first. */
export async function pause(milliseconds: number, deadline = Number.POSITIVE_INFINITY): Promise<void> {
  const left = Math.max(0, Math.min(milliseconds, deadline - Date.now()));
  await new Promise((resolve) => setTimeout(resolve, left));
}

/**
 * Asks again and again until the answer is `done`, or the deadline has passed: then the last thing seen is the error.
 * @param ask is called at least once
 * @param onWaiting hears what is still missing, once per change
 */
export async function poll<T>(
  deadline: number,
  ask: () => Promise<{ done: T } | { waitingFor: string }>,
  onWaiting: (what: string) => void = () => {},
): Promise<T> {
  let said = "";
  for (let wait = 50; ; wait = Math.min(wait * 1.5, 250)) {
    const answer = await ask();
    if ("done" in answer) return answer.done;
    if (Date.now() >= deadline) throw new Error(answer.waitingFor);
    if (answer.waitingFor !== said) {
      said = answer.waitingFor;
      onWaiting(said);
    }
    await pause(wait, deadline);
  }
}
